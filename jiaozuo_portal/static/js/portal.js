// Everything that a page may use. Each script finds its own markup and does nothing without it.

import { start as startAutosave } from "./autosave.js";
import "./blocks.js";
import "./clock.js";
import "./copy.js";
import "./dialogs.js";
import { start as startKeeping } from "./keep.js";
import { start as startProgress } from "./progress.js";
import "./rows.js";
import "./shortcuts.js";
import "./submit-once.js";
import { start as startTables } from "./tables.js";

function start(root) {
  startAutosave(root);
  startKeeping(root);
  startProgress(root);
  startTables(root);
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.target));

// A linked summary of errors is read first.
document.querySelector("[data-error-summary]")?.focus();
