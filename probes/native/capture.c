// The evaluation callback of llama.cpp, kept off the Python side: it is called for every node of every graph, several
// hundred to a few thousand times a token, and answers all but one a layer without a lock or an allocation.
//
// It watches the product of a layer's down projection. Recognised by structure: an op MUL_MAT whose first source is the
// weight "blk.N.ffn_down.weight" (copies made by the scheduler are called "CUDA0#blk.N.ffn_down.weight#0"). Its second
// source is z, the activations of the layer's neurons; the node itself is h, what the layer adds to the residual stream.
//
// No header of llama.cpp is included: the layout below is checked at attach time against tensors that the loaded library
// made itself (probes/layout.py), and its functions are handed in as pointers.
//
// The callback always returns true when a node was computed. Returning false would not stop llama.cpp, it would skip the
// rest of the graph and leave wrong logits behind. What goes wrong is kept in `failure` and raised after the decode.

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_F32 0
#define MAX_LAYER 65535

enum failure {
    FAILURE_NONE = 0,
    FAILURE_MEMORY = 1,  // no room for what was seen
    FAILURE_TYPE = 2,    // z or h is not 32-bit float
    FAILURE_EXPERTS = 3, // a mixture of experts
    FAILURE_SHAPE = 4,   // z has fewer neurons than were selected
    FAILURE_UNKNOWN = 5, // a layer is scaled whose activation node was not learnt
};

struct tensor {
    int32_t type;
    void * buffer;
    int64_t ne[4];
    size_t nb[4];
    int32_t op;
    int32_t op_params[16];
    int32_t flags;
    struct tensor * src[10];
    struct tensor * view_src;
    size_t view_offs;
    void * data;
    char name[64];
    void * extra;
    char padding[8];
};

// What is wanted of one layer.
struct layer {
    int32_t wanted;           // 0: nothing, 1: the neurons listed, 2: all neurons
    int32_t n_neurons;        // length of the two lists
    const int32_t * neurons;  // read, ascending
    int32_t n_scaled;
    const int32_t * scaled;   // scaled, ascending
    const float * factors;    // by these factors
    char activation[64];      // name of the node that makes z, learnt from a graph that ran with `learning` set
};

// One layer in one graph. Column t of the block holds `rows` values of z and then the L2 norm of h.
struct block {
    int32_t layer;
    int32_t rows;
    int64_t columns;
    int64_t offset;
};

struct capture {
    // set by the attaching side
    int32_t op_mul_mat;
    int32_t op_mul_mat_id;
    int32_t n_layers;
    int32_t learning;         // 1: the activation nodes of all layers are looked up
    int32_t scaling;          // 1: some layer is scaled
    int32_t paused;           // 1: nothing is recorded
    struct layer * layers;
    bool (*buffer_is_host)(void *);
    void (*tensor_get)(const struct tensor *, void *, size_t, size_t);
    void (*tensor_set)(struct tensor *, const void *, size_t, size_t);
    int64_t max_values;       // most floats that are kept between two drains
    // set here
    float * values;
    int64_t n_values;
    int64_t room_values;
    struct block * blocks;
    int64_t n_blocks;
    int64_t room_blocks;
    uint8_t * scratch;
    int64_t room_scratch;
    int32_t failure;
    char failed_at[64];
};

static void fail(struct capture * c, enum failure failure, const struct tensor * t) {
    if (c->failure == FAILURE_NONE) {
        c->failure = failure;
        memcpy(c->failed_at, t->name, sizeof c->failed_at);
        c->failed_at[sizeof c->failed_at - 1] = '\0';
    }
}

static bool grow(void ** memory, int64_t * room, int64_t needed, size_t size) {
    if (needed <= *room) {
        return true;
    }
    int64_t larger = *room ? *room : 1024;
    while (larger < needed) {
        larger *= 2;
    }
    void * moved = realloc(*memory, (size_t) larger * size);
    if (!moved) {
        return false;
    }
    *memory = moved;
    *room = larger;
    return true;
}

// The part of a name that the model gave: the scheduler calls its copies "DEVICE#name#number".
static size_t plain_name(const char ** name) {
    const char * hash = strchr(*name, '#');
    if (hash) {
        *name = hash + 1;
    }
    return strcspn(*name, "#");
}

// The layer whose down projection this weight is, -1 for any other tensor.
static int32_t layer_of_weight(const char * name, const char * tail) {
    const size_t length = plain_name(&name);
    if (length < 6 || memcmp(name, "blk.", 4) != 0 || name[4] < '0' || name[4] > '9') {
        return -1;
    }
    char * end;
    const long layer = strtol(name + 4, &end, 10);
    const size_t rest = length - (size_t) (end - name);
    return layer <= MAX_LAYER && rest == strlen(tail) && memcmp(end, tail, rest) == 0 ? (int32_t) layer : -1;
}

static int32_t layer_of_product(struct capture * c, const struct tensor * t) {
    if (!t->src[0]) {
        return -1;
    }
    if (t->op == c->op_mul_mat) {
        return layer_of_weight(t->src[0]->name, ".ffn_down.weight");
    }
    if (t->op == c->op_mul_mat_id && layer_of_weight(t->src[0]->name, ".ffn_down_exps.weight") >= 0) {
        fail(c, FAILURE_EXPERTS, t);
    }
    return -1;
}

// The layer whose activations this node makes, -1 for any other node. Names end in "-N".
static int32_t layer_of_activation(const struct capture * c, const struct tensor * t) {
    const char * dash = strrchr(t->name, '-');
    if (!dash || dash[1] < '0' || dash[1] > '9') {
        return -1;
    }
    const long layer = strtol(dash + 1, NULL, 10);
    if (layer >= c->n_layers || !c->layers[layer].n_scaled) {
        return -1;
    }
    return strcmp(t->name, c->layers[layer].activation) == 0 ? (int32_t) layer : -1;
}

// The bytes of a tensor, read in place where they lie in host memory.
static const uint8_t * bytes_of(struct capture * c, const struct tensor * t) {
    void * buffer = t->view_src ? t->view_src->buffer : t->buffer;
    if (!buffer || c->buffer_is_host(buffer)) {
        return t->data;
    }
    const size_t size = t->nb[1] * (size_t) (t->ne[1] - 1) + sizeof(float) * (size_t) t->ne[0];
    if (!grow((void **) &c->scratch, &c->room_scratch, (int64_t) size, 1)) {
        return NULL;
    }
    c->tensor_get(t, c->scratch, 0, size);
    return c->scratch;
}

static void learn_activation(struct layer * layer, const struct tensor * z) {
    const char * name = z->name;
    const size_t length = plain_name(&name);
    memcpy(layer->activation, name, length);
    layer->activation[length] = '\0';
}

static void record(struct capture * c, int32_t index, const struct tensor * h) {
    struct layer * layer = &c->layers[index];
    const struct tensor * z = h->src[1];
    if (c->learning) {
        learn_activation(layer, z);
    }
    if (layer->n_scaled && !layer->activation[0]) {
        fail(c, FAILURE_UNKNOWN, h);
        return;
    }
    if (c->paused || !layer->wanted || h->ne[1] == 0) {
        return;
    }
    if (z->type != TYPE_F32 || h->type != TYPE_F32 || z->nb[0] != sizeof(float) || h->nb[0] != sizeof(float)) {
        fail(c, FAILURE_TYPE, h);
        return;
    }
    const bool all = layer->wanted == 2;
    if (!all && layer->n_neurons && layer->neurons[layer->n_neurons - 1] >= z->ne[0]) {
        fail(c, FAILURE_SHAPE, h);
        return;
    }
    const int64_t rows = all ? z->ne[0] : layer->n_neurons;
    const int64_t columns = h->ne[1];
    const int64_t needed = c->n_values + (rows + 1) * columns;
    if (needed > c->max_values || !grow((void **) &c->values, &c->room_values, needed, sizeof(float)) ||
        !grow((void **) &c->blocks, &c->room_blocks, c->n_blocks + 1, sizeof(struct block))) {
        fail(c, FAILURE_MEMORY, h);
        return;
    }
    float * out = c->values + c->n_values;
    const uint8_t * bytes = bytes_of(c, z);
    for (int64_t t = 0; bytes && t < columns; t++) {
        const float * column = (const float *) (bytes + (size_t) t * z->nb[1]);
        float * target = out + t * (rows + 1);
        if (all) {
            memcpy(target, column, (size_t) rows * sizeof(float));
        } else {
            for (int64_t i = 0; i < rows; i++) {
                target[i] = column[layer->neurons[i]];
            }
        }
    }
    bytes = bytes ? bytes_of(c, h) : NULL;
    if (!bytes) {
        fail(c, FAILURE_MEMORY, h);
        return;
    }
    for (int64_t t = 0; t < columns; t++) {
        const float * column = (const float *) (bytes + (size_t) t * h->nb[1]);
        double sum = 0.0;
        for (int64_t i = 0; i < h->ne[0]; i++) {
            sum += (double) column[i] * (double) column[i];
        }
        out[t * (rows + 1) + rows] = (float) sqrt(sum);
    }
    c->blocks[c->n_blocks++] = (struct block) {index, (int32_t) rows, columns, c->n_values};
    c->n_values = needed;
}

static void scale(struct capture * c, int32_t index, struct tensor * z) {
    const struct layer * layer = &c->layers[index];
    if (z->type != TYPE_F32 || z->nb[0] != sizeof(float)) {
        fail(c, FAILURE_TYPE, z);
        return;
    }
    if (layer->scaled[layer->n_scaled - 1] >= z->ne[0]) {
        fail(c, FAILURE_SHAPE, z);
        return;
    }
    for (int64_t t = 0; t < z->ne[1]; t++) {
        for (int32_t i = 0; i < layer->n_scaled; i++) {
            const size_t offset = (size_t) t * z->nb[1] + (size_t) layer->scaled[i] * sizeof(float);
            float value;
            c->tensor_get(z, &value, offset, sizeof value);
            value *= layer->factors[i];
            c->tensor_set(z, &value, offset, sizeof value);
        }
    }
}

bool capture_callback(struct tensor * t, bool ask, void * user_data) {
    struct capture * c = user_data;
    const int32_t product = layer_of_product(c, t);
    const bool watched = product >= 0 && product < c->n_layers &&
        (c->learning || (c->layers[product].wanted && !c->paused) ||
         (c->layers[product].n_scaled && !c->layers[product].activation[0]));
    const int32_t activation = c->scaling ? layer_of_activation(c, t) : -1;
    if (ask) {
        return watched || activation >= 0;
    }
    if (activation >= 0) {
        scale(c, activation, t);
    }
    if (watched) {
        record(c, product, t);
    }
    return true;
}

// For tests: what the callback makes of a weight's name.
int32_t capture_layer_of_weight(const char * name) {
    return layer_of_weight(name, ".ffn_down.weight");
}

void capture_clear(struct capture * c) {
    c->n_values = 0;
    c->n_blocks = 0;
    c->failure = FAILURE_NONE;
}

void capture_free(struct capture * c) {
    free(c->values);
    free(c->blocks);
    free(c->scratch);
    c->values = NULL;
    c->blocks = NULL;
    c->scratch = NULL;
    c->room_values = c->room_blocks = c->n_values = c->n_blocks = 0;
    c->room_scratch = 0;
}

size_t capture_size(void) {
    return sizeof(struct capture);
}

size_t capture_layer_size(void) {
    return sizeof(struct layer);
}
