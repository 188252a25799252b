from __future__ import annotations

import json

import numpy as np
import pytest

from probes.errors import FeaturesUnreadable
from probes.features import (
    FeatureHeader,
    FeatureRow,
    FeatureWriter,
    Region,
    export_columns,
    load_features,
)
from probes.types import ModelFacts, Neuron

MODEL = ModelFacts("tiny", "llama", "ab" * 32, 2, 512, ffn_width=5, quantisation="F32")


def header(**changes) -> FeatureHeader:
    fields = {
        "model": MODEL,
        "template_sha256": "cd" * 32,
        "llama_cpp": "0.3",
        "system": "",
        "suffix": " Answer.",
        "samples": 5,
        "max_tokens": 50,
        "temperature": 1.0,
        "top_k": 50,
        "top_p": 0.9,
        "seed": 0,
        "code": "0.1.0",
        "layers": 2,
        "ffn_width": 5,
    }
    return FeatureHeader(**fields | changes)


def row(number: int, *, right: bool = True) -> FeatureRow:
    return FeatureRow(
        item=f"q{number}",
        group=f"g{number}",
        source="made",
        kind="answer",
        right=right,
        start=0,
        end=4,
        tokens=2,
        answer_tokens=3,
        samples=5,
        agreement=1.0,
        logprob_mean=-0.5,
        logprob_first=-0.2,
        logprob_min=-0.8,
        entropy_mean=1.0,
        entropy_first=1.5,
        entropy_max=2.0,
        question_sha256="ef" * 32,
    )


def values(number: int, columns: int = 10):
    return {region: np.arange(columns) / 16 + number + 10 * i for i, region in enumerate(Region)}


def write(folder, rows=3, **changes):
    with FeatureWriter(folder, header(**changes)) as writer:
        for number in range(writer.count, rows):
            writer.append(row(number, right=number % 2 == 0), values(number, header(**changes).columns))


def test_what_was_written_is_read(tmp_path) -> None:
    write(tmp_path)
    features = load_features(tmp_path)
    assert [row(0), row(1, right=False), row(2)] == list(features.rows)
    assert header() == features.header
    np.testing.assert_array_equal(features.shares(Region.PROMPT)[1], values(1)[Region.PROMPT])
    np.testing.assert_array_equal(features.shares(columns=[7, 2])[2], values(2)[Region.ANSWER][[7, 2]])


def test_blocks_are_the_whole_matrix_in_pieces(tmp_path) -> None:
    write(tmp_path, 4)
    features = load_features(tmp_path).select([3, 0])
    blocks = list(features.blocks(block_bytes=3 * 2 * 2))
    assert [start for start, _ in blocks] == [0, 3, 6, 9]
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks], axis=1), features.shares())


@pytest.mark.parametrize("broken", ["rows.jsonl", "answer.f16", "prompt.f16"])
def test_writing_goes_on_behind_the_last_whole_row(tmp_path, broken) -> None:
    write(tmp_path, 3)
    with (tmp_path / broken).open("ab") as file:
        file.write(b'{"item": "q3", "gro')
    write(tmp_path, 5)
    features = load_features(tmp_path)
    assert [each.item for each in features.rows] == ["q0", "q1", "q2", "q3", "q4"]
    for number in range(5):
        np.testing.assert_array_equal(features.shares(Region.OTHER)[number], values(number)[Region.OTHER])


def test_a_reader_sees_whole_rows_while_another_is_written(tmp_path) -> None:
    with FeatureWriter(tmp_path, header()) as writer:
        writer.append(row(0), values(0))
        with (tmp_path / "rows.jsonl").open("ab") as file:
            file.write(b'{"half": ')
        assert len(load_features(tmp_path)) == 1
        assert load_features(tmp_path).shares().shape == (1, 10)


def test_folders_are_read_as_one(tmp_path) -> None:
    write(tmp_path / "a", 2)
    write(tmp_path / "b", 3)
    features = load_features(tmp_path / "a", tmp_path / "b")
    assert len(features) == 5
    np.testing.assert_array_equal(features.shares()[4], values(2)[Region.ANSWER])


def test_rows_of_another_model_are_refused(tmp_path) -> None:
    write(tmp_path / "a")
    write(tmp_path / "b", model=ModelFacts("tiny", "llama", "00" * 32, 2, 512, ffn_width=5))
    with pytest.raises(FeaturesUnreadable, match="differ in their model"):
        load_features(tmp_path / "a", tmp_path / "b")


def test_a_folder_is_not_continued_with_other_options(tmp_path) -> None:
    write(tmp_path)
    with pytest.raises(FeaturesUnreadable, match="made with another temperature"):
        FeatureWriter(tmp_path, header(temperature=0.5))


def test_exported_columns_keep_their_neurons(tmp_path) -> None:
    write(tmp_path / "all", 4)
    features = load_features(tmp_path / "all")
    export_columns(features, [8, 1], tmp_path / "some")
    exported = load_features(tmp_path / "some")
    assert (Neuron(1, 3), Neuron(0, 1)) == exported.header.neurons
    assert exported.rows == features.rows
    np.testing.assert_array_equal(exported.shares(), features.shares(columns=[8, 1]))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("header.json", "{"),
        ("header.json", "[" * 100_000),
        ("header.json", json.dumps({"schema_version": 99})),
        ("rows.jsonl", '{"item": 1}\n'),
        ("rows.jsonl", "[" * 100_000 + "\n"),
    ],
)
def test_damage_is_one_sentence(tmp_path, name, content) -> None:
    write(tmp_path)
    (tmp_path / name).write_text(content)
    with pytest.raises(FeaturesUnreadable, match=r"version 99|holds no features|cannot be read"):
        load_features(tmp_path)


def test_a_matrix_that_lost_rows_is_refused(tmp_path) -> None:
    write(tmp_path)
    (tmp_path / "other.f16").write_bytes(b"")
    with pytest.raises(FeaturesUnreadable, match="shorter than its rows"):
        FeatureWriter(tmp_path, header())
