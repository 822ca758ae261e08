// Every field of a `form[data-autosave-url]` saves itself; nothing typed is lost.
//
// POST field, value (repeated), base (repeated); the answers are those of net.js. A field's way:
// typed -> kept in the browser -> queued -> sent -> saved (dropped from the browser), or it stays
// kept: with an error beside it, as a conflict with both texts, or waiting for the connection.

import { asList, controlsOf, isFilledIn, loadedValuesOf, namesOf, same, setValues, spoken, valuesOf } from "./controls.js";
import { connection, post, renewToken } from "./net.js";
import * as store from "./store.js";
import { piece, word } from "./words.js";

const IDLE = 1500;
const LONGEST_WAIT = 60_000;
const KEEPALIVE_LIMIT = 60_000;
const savers = new Map();

class Saver {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.key = form.dataset.autosaveKey ?? location.pathname;
    this.bases = new Map();
    this.timers = new Map();
    this.sending = new Map();
    this.conflicts = new Map();
    this.refused = new Map();
    this.ownErrors = new Set();
    this.queue = [];
    this.tries = 0;
    this.signedOut = false;
    this.leaving = false;
    this.firstLines = new Map([...this.lines()].map((place) => [place, place.textContent]));
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("change", (event) => this.left(event.target));
    form.addEventListener("focusout", (event) => this.left(event.target));
    form.addEventListener("portal:row-removed", (event) => this.forget(event.detail.names));
    form.addEventListener("submit", () => { this.leaving = true; });
    this.restore();
    namesOf(form).forEach((name) => { if (this.isDirty(name)) this.enqueue(name); });
  }

  // ------------------------------------------------------------ what is not saved
  base(name) {
    if (!this.bases.has(name)) this.bases.set(name, loadedValuesOf(this.form, name));
    return this.bases.get(name);
  }

  takesPart(control) {
    return isFilledIn(control) && control.dataset.autosave !== "off";
  }

  isDirty(name) {
    const [first] = controlsOf(this.form, name);
    if (!first || !this.takesPart(first)) return false;
    return !same(valuesOf(this.form, name), this.base(name));
  }

  unsaved() {
    return namesOf(this.form).filter((name) => this.isDirty(name));
  }

  // ------------------------------------------------------------ typing
  typed(control) {
    if (!this.takesPart(control)) return;
    const { name } = control;
    this.base(name);
    this.refused.delete(name);
    this.keep(name);
    this.paintConflict(name);
    this.line("unsaved");
    clearTimeout(this.timers.get(name));
    this.timers.set(name, setTimeout(() => this.enqueue(name), IDLE));
  }

  left(control) {
    if (!this.takesPart(control)) return;
    // Tabbing between the choices of one question is not leaving it.
    if (!this.isDirty(control.name)) return this.settled(control.name);
    return this.enqueue(control.name);
  }

  settled(name) {
    clearTimeout(this.timers.get(name));
    if (this.sending.has(name) || this.refused.has(name) || this.conflicts.has(name)) return;
    store.drop(this.key, name);
    if (this.ownErrors.has(name)) {
      this.showErrors(name, []);
      this.status(name, "", "");
    }
    if (!this.unsaved().length && this.lineState === "unsaved") this.line("saved");
  }

  keep(name) {
    if (!controlsOf(this.form, name).every(store.mayKeep)) return;
    store.keep(this.key, name, valuesOf(this.form, name), this.base(name));
  }

  forget(names) {
    for (const name of names) {
      clearTimeout(this.timers.get(name));
      this.queue = this.queue.filter((queued) => queued !== name);
      this.conflicts.delete(name);
      store.drop(this.key, name);
    }
  }

  // ------------------------------------------------------------ sending
  enqueue(name) {
    clearTimeout(this.timers.get(name));
    if (this.conflicts.has(name) || !this.isDirty(name)) return;
    const unchanged = this.refused.get(name);
    if (unchanged && same(unchanged, valuesOf(this.form, name))) return;
    if (this.hasBadInput(name)) return;
    if (!this.queue.includes(name)) this.queue.push(name);
    this.pump();
  }

  hasBadInput(name) {
    const wrong = controlsOf(this.form, name).find((control) => control.validity?.badInput);
    if (wrong) this.showErrors(name, [wrong.validationMessage]);
    return Boolean(wrong);
  }

  async pump() {
    if (this.busy || this.signedOut || !this.queue.length) return;
    if (!navigator.onLine) return this.wait("offline", 0);
    clearTimeout(this.retry);
    this.busy = true;
    const name = this.queue[0];
    if (this.isDirty(name) && !this.sending.has(name)) await this.send(name);
    else this.unqueue(name);
    this.busy = false;
    if (this.queue.length && !this.waiting) this.pump();
  }

  async send(name, { keepalive = false } = {}) {
    const values = valuesOf(this.form, name);
    const body = [["field", name], ...values.map((value) => ["value", value]), ...this.base(name).map((value) => ["base", value])];
    const small = new URLSearchParams(body).toString().length < KEEPALIVE_LIMIT;
    this.sending.set(name, values);
    this.line("saving");
    this.status(name, "", word("saving"));
    const answer = await post(this.url, body, { keepalive: keepalive && small });
    this.sending.delete(name);
    this.waiting = false;
    this.answered(name, values, answer);
  }

  answered(name, values, { kind, data, after }) {
    if (kind === "ok") return this.saved(name, values, data);
    if (kind === "conflict") return this.disagreed(name, data.conflict);
    if (kind === "signed-out") return this.expired(name);
    if (kind === "later" || kind === "offline") {
      this.status(name, "warn", word(kind === "later" ? "failed" : "waiting"));
      return this.wait(kind, after);
    }
    return this.notTaken(name, values, data);
  }

  unqueue(name) {
    this.queue = this.queue.filter((queued) => queued !== name);
  }

  saved(name, values, data) {
    this.tries = 0;
    this.unqueue(name);
    this.refused.delete(name);
    const stored = data.value === undefined ? values : asList(data.value);
    this.bases.set(name, stored);
    const unchanged = same(valuesOf(this.form, name), values);
    if (unchanged && !this.hasFocus(name)) setValues(this.form, name, stored);
    if (unchanged) store.drop(this.key, name);
    else this.enqueueLater(name);
    this.showErrors(name, data.errors ?? []);
    this.status(name, "good", word("saved", { time: data.saved_at ?? "" }), true);
    this.savedAt = data.saved_at;
    if (!this.queue.length) this.line("saved");
    this.refresh(data);
  }

  enqueueLater(name) {
    this.keep(name);
    clearTimeout(this.timers.get(name));
    this.timers.set(name, setTimeout(() => this.enqueue(name), IDLE));
  }

  hasFocus(name) {
    return document.activeElement?.form === this.form && document.activeElement.name === name;
  }

  notTaken(name, values, data) {
    this.tries = 0;
    this.unqueue(name);
    this.refused.set(name, values);
    this.showErrors(name, data.errors ?? [data.error ?? word("notDone")]);
    this.status(name, "danger", word("refused"));
    this.line("refused");
  }

  wait(kind, seconds = 0) {
    this.waiting = true;
    this.tries += 1;
    if (kind === "offline") connection(false);
    this.line(kind === "offline" ? "waiting" : "failed");
    const pause = Math.max(seconds * 1000, Math.min(1000 * 2 ** this.tries, LONGEST_WAIT));
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.resume(), pause * (0.8 + Math.random() * 0.4));
  }

  resume() {
    this.waiting = false;
    this.unsaved().forEach((name) => this.enqueue(name));
    this.pump();
  }

  expired(name) {
    this.signedOut = true;
    const isPrivate = !controlsOf(this.form, name).every(store.mayKeep);
    this.status(name, "danger", word(isPrivate ? "expiredPrivate" : "expired"));
    this.line("expired");
  }

  async comeBack() {
    if (!this.signedOut || !(await renewToken())) return;
    this.signedOut = false;
    this.resume();
  }

  /** The page may be going: send everything at once, as requests that outlive it. */
  flush() {
    if (this.signedOut || this.leaving || !navigator.onLine) return;
    for (const name of this.unsaved()) {
      clearTimeout(this.timers.get(name));
      if (this.sending.has(name) || this.conflicts.has(name) || this.refused.has(name)) continue;
      this.send(name, { keepalive: true });
    }
  }

  // ------------------------------------------------------------ two people, one field
  disagreed(name, conflict) {
    this.tries = 0;
    this.unqueue(name);
    this.conflicts.set(name, conflict);
    this.status(name, "warn", "");
    this.line("conflictState");
    this.paintConflict(name);
  }

  paintConflict(name) {
    const conflict = this.conflicts.get(name);
    if (!conflict) return;
    const box = this.conflictBox(name);
    const said = conflict.by ? word("conflict", conflict) : word("conflictRestored");
    box.querySelector("[data-said]").textContent = said;
    if (conflict.by) box.querySelector("[data-whose]").textContent = conflict.by;
    box.querySelector("[data-mine]").textContent = this.words(name, valuesOf(this.form, name));
    box.querySelector("[data-theirs]").textContent = this.words(name, asList(conflict.theirs));
  }

  words(name, values) {
    return spoken(this.form, name, values) || word("blank");
  }

  conflictBox(name) {
    const field = this.field(name);
    const there = field.querySelector("[data-conflict]");
    if (there) return there;
    const box = piece("conflict-template");
    box.querySelector("[data-keep-mine]").addEventListener("click", () => this.settle(name, false));
    box.querySelector("[data-take-theirs]").addEventListener("click", () => this.settle(name, true));
    field.append(box);
    return box;
  }

  settle(name, takeTheirs) {
    const theirs = asList(this.conflicts.get(name).theirs);
    this.conflicts.delete(name);
    this.field(name).querySelector("[data-conflict]").remove();
    controlsOf(this.form, name)[0].focus();
    this.bases.set(name, theirs);
    if (takeTheirs) {
      setValues(this.form, name, theirs);
      store.drop(this.key, name);
      this.status(name, "", "");
      this.line(this.unsaved().length ? "unsaved" : "saved");
      return;
    }
    this.keep(name);
    if (this.isDirty(name)) this.enqueue(name);
    else this.settled(name);
  }

  // ------------------------------------------------------------ what was not saved last time
  restore() {
    const back = [];
    for (const [name, entry] of store.kept(this.key)) {
      if (!entry || !controlsOf(this.form, name).length) continue;
      if (same(entry.values, this.base(name))) {
        store.drop(this.key, name);
        continue;
      }
      const theirs = this.base(name);
      setValues(this.form, name, entry.values);
      if (same(entry.base, theirs)) back.push(name);
      else this.disagreed(name, { theirs });
    }
    if (back.length) this.sayRestored(back);
  }

  sayRestored(names) {
    const notice = piece("restored-template");
    notice.querySelector("[data-text]").textContent = word("restored");
    notice.querySelector("[data-drop]").addEventListener("click", () => {
      notice.remove();
      for (const name of names) {
        setValues(this.form, name, loadedValuesOf(this.form, name));
        if (this.isDirty(name)) this.enqueue(name);
        else this.settled(name);
      }
    });
    this.form.prepend(notice);
  }

  // ------------------------------------------------------------ what the page says
  field(name) {
    const [control] = controlsOf(this.form, name);
    return control.closest("[data-field]") ?? control.parentElement;
  }

  status(name, tone, text, ticked = false) {
    if (!controlsOf(this.form, name).length) return;
    const place = this.field(name).querySelector(".field-status");
    if (!place) return;
    place.dataset.tone = tone;
    place.replaceChildren(...(ticked && text ? [piece("tick-template")] : []), text);
  }

  line(state) {
    this.lineState = state;
    const places = this.lines();
    const tones = { saved: "good", unsaved: "", saving: "", waiting: "warn", failed: "warn", conflictState: "warn", refused: "danger", expired: "danger" };
    const open = this.conflicts.size ? "conflictState" : this.refused.size ? "refused" : state;
    const shown = state === "saved" ? open : state;
    for (const place of places) {
      const neverSaved = shown === "saved" && !this.savedAt;
      const text = neverSaved ? this.firstLines.get(place) ?? "" : word(shown, { time: this.savedAt });
      if (place.textContent !== text) place.replaceChildren(text, ...this.wayBack(shown));
      place.dataset.tone = tones[shown];
    }
  }

  wayBack(state) {
    if (state !== "expired") return [];
    const link = document.createElement("a");
    link.href = word("signInUrl") || "/";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = word("signIn");
    return [" ", link];
  }

  lines() {
    const scope = this.form.closest("section, main") ?? document;
    return scope.querySelectorAll("[data-saved-line]");
  }

  showErrors(name, errors) {
    const controls = controlsOf(this.form, name);
    if (!controls.length) return;
    const field = this.field(name);
    const place = field.querySelector("[data-errors]");
    if (errors.length) this.ownErrors.add(name);
    else this.ownErrors.delete(name);
    field.classList.toggle("has-error", errors.length > 0);
    for (const control of controls) {
      control.classList.toggle("is-invalid", errors.length > 0);
      if (errors.length) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      if (place) describe(control, place.id);
    }
    place?.replaceChildren(...errors.map((error) => {
      const said = piece("error-template");
      said.querySelector("[data-text]").textContent = error;
      return said;
    }));
  }

  refresh(data) {
    const put = (mark, html) => {
      if (html === undefined) return;
      document.querySelectorAll(mark).forEach((place) => { place.innerHTML = html; });
    };
    put("[data-section-state]", data.section?.html);
    put("[data-missing]", data.missing_html);
  }
}

function describe(control, id) {
  const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  if (id && !ids.includes(id)) control.setAttribute("aria-describedby", [...ids, id].join(" "));
}

export function start(root = document) {
  root.querySelectorAll("form[data-autosave-url]").forEach((form) => {
    if (!savers.has(form)) savers.set(form, new Saver(form));
  });
}

const each = (work) => savers.forEach((saver, form) => {
  if (form.isConnected) work(saver);
  else savers.delete(form);
});

addEventListener("online", () => each((saver) => { saver.tries = 0; saver.resume(); }));
addEventListener("focus", () => each((saver) => saver.comeBack()));
addEventListener("pagehide", () => each((saver) => saver.flush()));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") each((saver) => saver.flush());
  else each((saver) => saver.comeBack());
});
addEventListener("pageshow", (event) => {
  if (event.persisted) each((saver) => { saver.leaving = false; saver.comeBack(); });
});
addEventListener("beforeunload", (event) => {
  const open = [...savers.values()].some((saver) => saver.form.isConnected && !saver.leaving && saver.unsaved().length);
  if (open) event.preventDefault();
});
