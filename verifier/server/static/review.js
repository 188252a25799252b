"use strict";
// Keys, the next item at once, and answers that are saved behind it. Without this file every button is a plain form.
(() => {
  const KEYS = {
    a: { does: "accept", told: "wrong indeed" },
    x: { does: "reject", told: "a false alarm" },
    " ": { does: "skip", told: "skip", shown: "space" },
    j: { does: "next", told: "next, without a word" },
    k: { does: "back", told: "back to the one before" },
    n: { does: "note", told: "write a note; Escape leaves it" },
    u: { does: "undo", told: "undo the last answer" },
    "?": { does: "keys", told: "these keys" },
  };
  const HOLD_EVERY_MS = 120000;
  const TRY_MS = 15000;
  const seen = []; // addresses of the items before this one
  const unsaved = new Map(); // answers that are on their way or were not saved
  const pending = new Set(); // promises of answers that are on their way
  let following = null; // the next item: {url, page} or a promise of it
  let busy = false;

  const main = () => document.getElementById("main");
  const flag = () => (main().dataset.page === "item" ? main().dataset.flag : null);
  let keysOn = true;
  try { keysOn = localStorage.getItem("factprobe-keys") !== "off"; } catch { /* a browser that keeps nothing */ }

  function load(url) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest(); // its responseType "document" parses a page without any sink for text
      request.open("GET", url);
      request.responseType = "document";
      request.timeout = TRY_MS;
      request.onload = () => {
        const page = request.response && request.response.getElementById("main");
        if (page && request.status < 400) resolve({ url: request.responseURL, page, title: request.response.title });
        else reject(new Error(request.status === 401 ? "you are signed out" : `the server said ${request.status}`));
      };
      request.onerror = request.ontimeout = () => reject(new Error("the server does not answer"));
      request.send();
    });
  }

  async function send(path, fields) {
    const response = await fetch(path + ".json", {
      method: "POST", body: new URLSearchParams(fields), signal: AbortSignal.timeout(TRY_MS), redirect: "error", keepalive: true,
    });
    if (response.ok) return response.json();
    const said = await response.json().catch(() => null);
    const error = said && said.error ? said.error.message + (said.error.hint ? ` (${said.error.hint})` : "") : "";
    throw new Error(error || `the server said ${response.status}`);
  }

  function tell(sentence, buttons = [], isError = true) {
    const line = document.createElement("p");
    if (!isError) line.className = "told";
    line.append(document.createTextNode(sentence));
    for (const [name, act] of buttons) {
      const button = document.createElement("button");
      button.textContent = name;
      button.addEventListener("click", () => { line.remove(); act(); });
      line.append(button);
    }
    document.getElementById("alerts").append(line);
    return line;
  }

  function tellBriefly(sentence) {
    for (const old of document.querySelectorAll("#alerts .told")) old.remove();
    const line = tell(sentence, [], false);
    setTimeout(() => line.remove(), 4000);
  }

  function show(item, { remember = true, push = true } = {}) {
    if (remember && flag()) seen.push(location.pathname + location.search);
    main().replaceWith(document.adoptNode(item.page));
    document.title = item.title;
    if (push) history.pushState(null, "", item.url);
    window.scrollTo(0, 0);
    main().focus({ preventScroll: true });
    ready();
  }

  function ready() {
    following = null;
    if (!flag()) return;
    const wanted = load(main().dataset.next);
    following = wanted;
    wanted.then((item) => { if (following === wanted) following = item; }, () => { if (following === wanted) following = null; });
    fillKeys();
  }

  async function goOn() {
    if (busy) return;
    busy = true;
    const here = flag();
    try {
      let item = await (following || load(main().dataset.next));
      if (item.page.dataset.page === "end" && pending.size) {
        await Promise.allSettled(pending); // so that what it counts is true
        item = await load(main().dataset.next);
      }
      if (flag() === here) show(item);
    } catch (error) {
      tell(`The next flag cannot be loaded: ${error.message}.`, [["Try again", goOn]]);
    } finally {
      busy = false;
    }
  }

  async function goTo(url, options) {
    if (busy) return;
    busy = true;
    try {
      show(await load(url), options);
    } catch (error) {
      tell(`The page cannot be loaded: ${error.message}.`, [["Try again", () => goTo(url, options)]]);
    } finally {
      busy = false;
    }
  }

  const fieldsOf = (form, extra = {}) => {
    const fields = new URLSearchParams(new FormData(form));
    for (const [name, value] of Object.entries(extra)) fields.set(name, value);
    return fields;
  };

  function save(path, fields, told) {
    const mark = Symbol(told);
    const failed = (error) => {
      tell(`Not saved: ${told}. ${error.message}.`, [
        ["Try again", () => load("/keys").then(
          ({ page }) => { fields.set("form_token", page.dataset.token); return attempt(); }, failed)],
        ["Go back to it", () => { unsaved.delete(mark); goTo(path.replace(/\/answer$/, "")); }],
      ]);
      return null;
    };
    const attempt = () => {
      const saving = send(path, fields).then((said) => {
        unsaved.delete(mark);
        count(said);
        if (said.told) tellBriefly(`#${said.review.flag}: ${said.told}.`);
        return said;
      }, failed);
      pending.add(saving);
      saving.finally(() => pending.delete(saving));
      return saving;
    };
    unsaved.set(mark, fields);
    return attempt();
  }

  function count(said) {
    const [today, waiting] = main().querySelectorAll(".progress b");
    if (waiting && said.waiting !== undefined) { today.textContent = said.today; waiting.textContent = said.waiting; }
  }

  async function answer(value) {
    const form = document.getElementById("answer");
    const number = flag();
    if (!form || busy) return;
    const fields = fieldsOf(form, { answer: value });
    const told = `#${number} ${KEYS_BY_ACT[value] || value}`;
    if (value !== "reject" && value !== "accept") fields.delete("also");
    const waits = fields.has("also") || fields.get("work") || value === "note" || value === "response";
    if (!waits) {
      goOn();
      save(`/flags/${number}/answer`, fields, told);
      return;
    }
    const path = `/flags/${number}/answer`; // what changes other flags too is saved before they are shown
    if ((await save(path, fields, told)) === null || flag() !== number) return;
    if (value === "note" || value === "response") { goTo(location.href, { remember: false, push: false }); tellBriefly("Kept."); }
    else { following = null; goOn(); }
  }

  const KEYS_BY_ACT = Object.fromEntries(Object.values(KEYS).map((each) => [each.does, each.told]));

  const ACTS = {
    accept: () => answer("accept"),
    reject: () => answer("reject"),
    skip: () => answer("skip"),
    next: () => { letGo(flag()); goOn(); },
    back: () => {
      const before = seen.pop() || main().dataset.previous;
      if (before) goTo(before, { remember: false });
      else tellBriefly("This is the first one.");
    },
    note: () => document.querySelector("#answer textarea").focus(),
    undo: async () => {
      await Promise.allSettled(pending);
      try {
        const said = await send("/undo", fieldsOf(document.getElementById("undo")));
        if (!said.review) { tellBriefly("Nothing to undo."); return; }
        await goTo(`/flags/${said.review.flag}${location.search}`, { remember: false });
        tellBriefly(`The last answer to #${said.review.flag} is taken back; it is ${said.state} now.`);
      } catch (error) {
        tell(`Not undone: ${error.message}.`, [["Try again", ACTS.undo]]);
      }
    },
    keys: () => document.getElementById("keys").showModal(),
  };

  function letGo(number) {
    const form = document.getElementById("leave");
    if (form && number) navigator.sendBeacon(`/flags/${number}/leave.json`, fieldsOf(form));
  }

  function fillKeys() {
    const list = document.querySelector("#keys .keys");
    if (!list || list.childElementCount) return;
    for (const [key, { told, shown }] of Object.entries(KEYS)) {
      const row = document.createElement("div");
      const name = document.createElement("dt");
      const word = document.createElement("kbd");
      const meaning = document.createElement("dd");
      word.textContent = shown || key;
      meaning.textContent = told;
      name.append(word);
      row.append(name, meaning);
      list.append(row);
    }
    const box = document.getElementById("keys-on");
    box.checked = keysOn;
    box.addEventListener("change", () => {
      keysOn = box.checked;
      try { localStorage.setItem("factprobe-keys", keysOn ? "on" : "off"); } catch { /* it holds for this page */ }
    });
  }

  const isTyping = (element) => element.matches("input:not([type=checkbox]), textarea, select");
  const takesSpace = (element) => element.matches("button, summary, a, input, select");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); main().focus({ preventScroll: true }); return; }
    const at = main().dataset.page;
    if (!at || isTyping(event.target) || document.querySelector("dialog[open]") || !keysOn) return;
    const bound = KEYS[event.key];
    if (!bound || (at === "end" && !["back", "undo"].includes(bound.does)) || (event.key === " " && takesSpace(event.target))) return;
    event.preventDefault();
    ACTS[bound.does]();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const value = event.submitter && event.submitter.name === "answer" ? event.submitter.value : null;
    const act = form.id === "answer" ? () => answer(value || "note") : { leave: ACTS.next, undo: ACTS.undo }[form.id];
    if (!act || !main().dataset.page) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#previous, #keys-link");
    if (!link || !flag()) return;
    event.preventDefault();
    ACTS[link.id === "previous" ? "back" : "keys"]();
  });

  window.addEventListener("popstate", () => goTo(location.href, { remember: false, push: false }));
  window.addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });
  window.addEventListener("pagehide", () => {
    letGo(flag());
    const item = following && following.page;
    if (item && item.dataset.flag) letGo(item.dataset.flag);
  });
  setInterval(() => {
    const number = flag();
    const form = document.getElementById("leave");
    if (number && form && document.visibilityState === "visible" && main().dataset.decided === "no")
      send(`/flags/${number}/hold`, fieldsOf(form)).catch(() => {});
  }, HOLD_EVERY_MS);

  ready();
})();
