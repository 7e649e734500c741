// One statement at a time. A decision is sent, and only when the server has it on the disk does
// the next statement show. What could not be sent is kept here and sent when the server is back.

const $ = (id) => document.getElementById(id);
const POLL = 2000;
const AROUND = 2;
const LONG = 260;

const items = new Map();
let reading = []; // names in reading order
let order = []; // names in the order that was chosen
let logics = [];
let at = ""; // the statement that is shown
let shown = 0; // the last event on it that she has seen
let last = 0;
let run = "";
let picture = -1;
let also = new Set();
let touched = false; // whether she has changed "også" herself
let pending = null; // what is not yet on the disk
let sending = false;
let saving = null; // a remark on its way
let parting = false;
let noted = { text: "", remark: "", last: 0 }; // the remark as the field was given it
let offline = false;
const words = new Map();

// A window keeps its name when it is loaded again; a copy of it gets one of its own.
const me = sessionStorage.getItem("window") ?? crypto.randomUUID();
sessionStorage.removeItem("window");
addEventListener("pagehide", () => sessionStorage.setItem("window", me));
addEventListener("pageshow", () => sessionStorage.removeItem("window"));

const byCode = (code) => logics.find((logic) => logic.code === code);
const said = (codes) => (codes.length ? codes.map((code) => byCode(code).name).join(", også ") : "ingen");
const same = (a, b) => a.length === b.length && a.every((code, i) => code === b[i]);
const percent = (p) => `${Math.round(100 * p)} %`;
const short = (text) => (text.length > 60 ? `${text.slice(0, 58).trimEnd()} …` : text);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("--")) made.style.setProperty(name, value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// Give the field the statement's remark; what is written there besides is hers, and unsaved.
function note(item) {
  $("remark").value = item.remark;
  noted = { text: $("remark").value.trim(), remark: item.remark, last: item.last };
}

const unsaved = () => $("remark").value.trim() !== noted.text;

function say(text) {
  $("live").textContent = "";
  requestAnimationFrame(() => ($("live").textContent = text));
}

function banner(text) {
  $("banner").hidden = !text;
  if ($("banner").textContent !== text) $("banner").textContent = text;
}

// -- the server ------------------------------------------------------------------------------

async function get(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(path);
  return answer.json();
}

function lost(waiting) {
  offline = true;
  banner(
    waiting
      ? "Programmet svarer ikke. Det, du sidst valgte, er ikke gemt endnu. Lad siden være åben, og start programmet igen: så gemmes det af sig selv."
      : "Programmet svarer ikke. Alt, hvad du har valgt, er gemt. Start programmet igen, så fortsætter siden her.",
  );
}

function found() {
  if (offline) {
    offline = false;
    banner("");
    say("Programmet svarer igen.");
  }
}

// Take in what the server tells: everything, or what has changed.
function take(news) {
  last = news.last;
  run = news.run;
  if (news.items) {
    logics = news.logics;
    items.clear();
    for (const item of news.items) items.set(item.id, item);
    reading = news.items.map((item) => item.id);
    const gone = order.findIndex((name) => !items.has(name));
    const known = new Set(order);
    const added = reading.filter((name) => !known.has(name));
    if (gone >= 0) order.splice(gone, 0, ...added);
    else order.push(...added);
    order = order.filter((name) => items.has(name));
    if ($("reading").checked) order = [...reading];
    tellGone(news.gone);
    $("file").textContent = news.file;
  } else {
    for (const item of news.changed) items.set(item.id, item);
  }
  if (news.picture !== picture) {
    picture = news.picture;
    if (picture) get("picture").then(({ html }) => ($("picture").innerHTML = html), () => {});
  }
}

async function poll() {
  try {
    if (pending) await deliver();
    else if (!sending) {
      const before = items.get(at);
      const news = await get(`news?after=${last}&run=${run}&window=${me}`);
      found();
      if (pending || sending) return; // an answer that came first knows more
      take(news);
      notice(before);
    }
  } catch {
    lost(Boolean(pending));
  } finally {
    setTimeout(poll, POLL);
  }
}

// Show what another window has done to the statement that is before her.
function notice(before) {
  const now = items.get(at);
  progress();
  if (!now) {
    if (unsaved()) return; // what she writes is asked about when she leaves it
    showOpen();
    say("Udsagnet er delt eller slået sammen i et andet vindue.");
  } else if (before && now.last !== before.last && !parting) {
    render();
    if (now.by !== me) say(`Et andet vindue har valgt ${now.decision ? said(now.decision) : "om"}.`);
  }
}

async function act(kind, body) {
  if (pending || sending) return null;
  pending = { kind, body: { ...body, key: crypto.randomUUID(), window: me } };
  sessionStorage.setItem("pending", JSON.stringify(pending));
  return deliver();
}

function settled() {
  pending = null;
  sessionStorage.removeItem("pending");
}

async function deliver() {
  if (sending) return null;
  sending = true;
  const { kind, body } = pending;
  let answer, told;
  try {
    answer = await fetch(`do/${kind}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, after: last, run }),
    });
    told = await answer.json();
  } catch {
    lost(true);
    return null;
  } finally {
    sending = false;
  }
  if (answer.status >= 500) {
    offline = true;
    banner(`${told.error} Det, du sidst valgte, er ikke gemt endnu; der prøves igen.`);
    return null;
  }
  settled();
  found();
  if (answer.status === 409) return conflict(kind, body, told.conflict);
  if (!answer.ok) {
    say(told.error);
    return null;
  }
  take(told);
  done(kind, body, told.at);
  return told;
}

// What she did is on the disk.
function done(kind, body, name) {
  progress();
  if (name === at) shown = items.get(at).last;
  if (kind === "decide") {
    say(`Gemt: ${said(body.logics)}.`);
    if (name !== at || document.activeElement === $("remark")) items.has(at) && render();
    else saveRemark().then((saved) => saved && advance(name));
  } else if (kind === "remark") {
    if (name === at) noted = { text: body.text, remark: items.get(at).remark, last: shown };
    say("Bemærkningen er gemt.");
  } else {
    if (items.has(name)) show(name);
    say({ split: "Udsagnet er delt.", join: "De to er slået sammen.", undo: "Fortrudt." }[kind]);
  }
}

// Somebody else decided first: show what, and let her choose.
async function conflict(kind, body, theirs) {
  try {
    take(await get("state"));
  } catch {
    lost(false);
  }
  if (theirs && kind === "decide" && theirs.decision && same(theirs.decision, body.logics)) {
    done(kind, body, theirs.id); // they agree
    return null;
  }
  if (items.has(at)) render();
  else showOpen();
  const mine = kind === "decide" || kind === "remark";
  const choice = theirs?.decision ? said(theirs.decision) : "ikke taget stilling";
  if (!theirs) {
    $("conflict-text").textContent =
      "Udsagnet er i mellemtiden delt eller slået sammen i et andet vindue. Det, du valgte, er ikke gemt." +
      (kind === "remark" ? ` Din bemærkning var: »${body.text}«` : "");
  } else if (kind === "decide") {
    $("conflict-text").textContent =
      `»${short(theirs.text)}« Det andet vindue har valgt ${choice}. Du valgte ${said(body.logics)}. Hvad skal gælde?`;
  } else if (kind === "remark") {
    $("conflict-text").textContent =
      `»${short(theirs.text)}« Udsagnet er ændret i det andet vindue: ${choice}; bemærkning: »${theirs.remark || "ingen"}«. Din bemærkning: »${body.text}«. Hvad skal gælde?`;
  } else {
    $("conflict-text").textContent =
      `»${short(theirs.text)}« Udsagnet er ændret i et andet vindue: ${choice}. Gør det igen, hvis du stadig vil.`;
  }
  $("theirs").textContent = !theirs || !mine ? "OK" : kind === "decide" ? `Behold ${choice}` : "Behold det andet";
  $("mine").hidden = !theirs || !mine;
  $("mine").textContent = kind === "decide" ? `Brug mit: ${said(body.logics)}` : "Brug min bemærkning";
  $("theirs").onclick = () => {
    $("conflict").close();
    if (kind === "remark" && theirs?.id === at) note(items.get(at));
    if (kind === "decide" && theirs?.decision) advance(theirs.id);
  };
  $("mine").onclick = () => {
    $("conflict").close();
    act(kind, { ...body, seen: theirs.last });
  };
  $("conflict").showModal();
  return null;
}

// -- what is shown ---------------------------------------------------------------------------

function progress() {
  const all = [...items.values()];
  const seen = all.filter((item) => item.decision).length;
  const corrected = all.filter((item) => item.corrected).length;
  const text = `${seen} af ${all.length} set; ${corrected} rettet`;
  $("progress").textContent = seen === all.length ? `Alle ${seen} set; ${corrected} rettet` : text;
  $("bar").style.width = `${(100 * seen) / all.length}%`;
}

function show(name) {
  at = name;
  parting = false;
  touched = false;
  note(items.get(at));
  render();
  $("card").focus({ preventScroll: true });
  scrollTo(0, 0);
  const next = order[order.indexOf(at) + 1];
  if (next) wordsOf(next).catch(() => {});
}

// The first that nobody has decided on.
function showOpen() {
  show(order.find((name) => !items.get(name).decision) ?? order[0]);
}

function advance(from) {
  const start = order.indexOf(from) + 1;
  const rest = [...order.slice(start), ...order.slice(0, start)];
  const next = rest.find((name) => !items.get(name).decision);
  show(next ?? from);
  if (!next) say("Alle udsagn er set.");
}

function step(by) {
  const name = order[order.indexOf(at) + by];
  if (name) show(name);
}

function render() {
  const item = items.get(at);
  shown = item.last;
  if (!unsaved()) note(item);
  if (!touched) also = new Set((item.decision ?? item.proposal).slice(1));
  $("desk").hidden = false;
  document.body.style.setProperty("--mark", byCode(item.proposal[0] ?? "none").colour);
  const now = (item.decision ?? item.proposal)[0] ?? "none";
  document.body.style.setProperty("--now", byCode(now).colour);
  const places = [item.workshop, item.group].filter(Boolean).join(" · ");
  $("where").replaceChildren(
    element("b", {}, places || item.source),
    ...[item.heading, places ? item.source : ""].filter(Boolean).map((part) => ` · ${part}`),
  );
  $("number").textContent = `nr. ${order.indexOf(at) + 1} af ${order.length}`;
  around();
  renderText();
  renderVerdict(item);
  renderChoices(item);
  $("join").disabled = !item.joins;
  $("split").disabled = item.text.split(/\s+/).length < 2;
  $("previous").disabled = order[0] === at;
  $("next").disabled = order.at(-1) === at;
}

function around() {
  const place = reading.indexOf(at);
  const line = (name) => {
    const { text, speaker } = items.get(name);
    return element("li", {}, speaker ? `${speaker}: ${text}` : text);
  };
  const near = (name) => items.get(name).source === items.get(at).source;
  $("before").replaceChildren(...reading.slice(Math.max(0, place - AROUND), place).filter(near).map(line));
  $("after").replaceChildren(...reading.slice(place + 1, place + 1 + AROUND).filter(near).map(line));
}

function renderText() {
  const item = items.get(at);
  $("text").className = item.text.length > LONG ? "long" : "";
  $("how").hidden = !parting;
  for (const other of document.querySelectorAll("#verdict, #choices, .row")) {
    if (!other.closest("dialog")) other.inert = parting;
  }
  if (parting) return;
  const carrying = new Set(words.get(at) ?? []);
  const parts = item.text.split(/([\p{L}\p{N}_]+)/u).map((part) =>
    carrying.has(part.toLowerCase()) ? element("mark", {}, part) : part,
  );
  const speaker = item.speaker ? [element("span", { class: "speaker" }, `${item.speaker}: `)] : [];
  $("text").replaceChildren(...speaker, ...parts);
  if (!words.has(at)) {
    const name = at;
    wordsOf(name).then(() => name === at && !parting && renderText(), () => {});
  }
}

async function wordsOf(name) {
  if (!words.has(name)) words.set(name, await get(`words/${name}`));
}

function logicMark(code) {
  const { name, colour } = byCode(code);
  return element("span", { class: "logic", "--logic": colour }, name);
}

function renderVerdict(item) {
  const first = item.proposal[0] ?? "none";
  const p = Object.fromEntries(logics.map(({ code }, i) => [code, item.p[i]]));
  const ranked = logics.map(({ code }) => code).sort((a, b) => p[b] - p[a]);
  const line = ["Modellen foreslår ", logicMark(first), ` (${percent(p[first])})`];
  for (const code of item.proposal.slice(1)) line.push(", også ", logicMark(code));
  if (item.unsure) {
    const rival = ranked.find((code) => code !== first);
    line.push(" ", element("span", { class: "unsure" }, "i tvivl"));
    if (!item.proposal.includes(rival)) line.push(" måske ", logicMark(rival), ` (${percent(p[rival])})`);
  }
  if (item.decision) {
    const who = item.by && item.by !== me ? "Valgt tidligere eller i et andet vindue: " : "Valgt: ";
    line.push(" · ", element("b", {}, who, said(item.decision)));
  }
  $("proposal").replaceChildren(...line);
  $("chances").replaceChildren(
    ...logics.map(({ code, colour }) => {
      const bar = element("i", { "--logic": colour });
      bar.style.width = `${100 * p[code]}%`;
      return bar;
    }),
  );
}

function renderChoices(item) {
  const proposed = item.proposal[0] ?? "none";
  const decided = item.decision ? (item.decision[0] ?? "none") : "";
  if (!$("choices").children.length) {
    logics.forEach(({ code, name, colour, ink, tint, theory }, i) => {
      const look = { type: "button", "--logic": colour, "--on": ink, "--tint": tint };
      const button = element("button", { ...look, title: theory }, element("kbd", {}, `${(i + 1) % 4}`));
      button.append(element("span", { class: "name" }, name));
      button.onclick = ({ detail }) => detail < 2 && choose(code); // not the second of a double click
      $("choices").append(button);
      if (code !== "none") {
        const chip = element("button", look, name, " ", element("kbd", {}, `⇧${i + 1}`));
        chip.onclick = ({ detail }) => {
          toggle(code);
          if (detail) $("card").focus({ preventScroll: true });
        };
        $("also").append(chip);
      }
    });
  }
  logics.forEach(({ code, name }, i) => {
    const button = $("choices").children[i];
    button.classList.toggle("proposed", code === proposed);
    button.setAttribute("aria-pressed", code === decided);
    button.setAttribute("aria-label", `${name}${code === proposed ? ", forslag" : ""}`);
    $("also").querySelectorAll("button")[i]?.setAttribute("aria-pressed", also.has(code));
  });
  const verb = touched ? "Gem" : item.decision ? "Behold valget" : "Behold forslaget";
  $("accept").replaceChildren(`${verb}: ${said(kept())} `, element("kbd", {}, "Enter"));
}

function tellGone(gone) {
  $("gone").hidden = !gone.length;
  $("gone").querySelector("summary").textContent = `Står ikke længere i noterne (${gone.length})`;
  $("gone").querySelector("ul").replaceChildren(
    ...gone.map(({ text, decision }) =>
      element("li", {}, `»${text}«`, decision ? ` ${said(decision)}` : ""),
    ),
  );
}

// -- what she does ---------------------------------------------------------------------------

const others = (main) => logics.map(({ code }) => code).filter((code) => also.has(code) && code !== main);

// What Enter keeps: what is proposed or chosen, with what is marked as "også".
function kept() {
  const item = items.get(at);
  const main = (item.decision ?? item.proposal)[0];
  if (!touched) return item.decision ?? item.proposal;
  return main ? [main, ...others(main)] : others("");
}

async function decide(codes) {
  if (parting || !(await saveRemark())) return;
  await act("decide", { statement: at, logics: codes, seen: shown });
}

function choose(code) {
  const item = items.get(at);
  const now = (item.decision ?? item.proposal)[0];
  // the model's "også" belongs to its own proposal; hers to whatever she chooses
  const with_ = touched || code === now ? others(code) : [];
  return decide(code === "none" ? [] : [code, ...with_]);
}

function toggle(code) {
  if (!also.delete(code)) also.add(code);
  touched = true;
  renderChoices(items.get(at));
  say(also.has(code) ? `Også ${byCode(code).name}` : `Ikke også ${byCode(code).name}`);
}

// To leave the field saves it, and so does to go on; both at once wait for the same answer.
function saveRemark() {
  const text = $("remark").value.trim();
  if (saving) return saving;
  if (text === noted.text) return Promise.resolve(true);
  const seen = items.get(at)?.remark === noted.remark ? shown : noted.last;
  saving = act("remark", { statement: at, text, seen })
    .then(Boolean)
    .finally(() => (saving = null));
  return saving;
}

async function undo() {
  if (!(await saveRemark())) return;
  await act("undo", {});
}

async function join() {
  const item = items.get(at);
  if (!item.joins || !(await saveRemark())) return;
  const next = items.get(reading[reading.indexOf(at) + 1]);
  await act("join", { statement: at, seen: shown, next: next.id, seen_next: next.last });
}

// -- splitting -------------------------------------------------------------------------------

function part() {
  const item = items.get(at);
  const tokens = item.text.split(/\s+/);
  if (tokens.length < 2) return;
  const start = caret(tokens) ?? nearestEnd(tokens);
  parting = true;
  renderText();
  const cuts = tokens.slice(1).map((_, i) => {
    const cut = element("button", { type: "button", class: "cut", "aria-label": `Del efter »${tokens[i]}«` });
    cut.onclick = () => cutAt(tokens, i + 1);
    return cut;
  });
  $("text").className += " parting";
  $("text").replaceChildren(...tokens.flatMap((token, i) => (i ? [cuts[i - 1], token] : [token])));
  cuts[start - 1].focus();
  say("Vælg, hvor udsagnet skal deles.");
}

// How many words stand before the caret, where she has clicked in the text.
function caret(tokens) {
  const selection = getSelection();
  if (!selection.rangeCount || !$("text").contains(selection.anchorNode)) return null;
  const range = document.createRange();
  range.selectNodeContents($("text"));
  range.setEnd(selection.anchorNode, selection.anchorOffset);
  const speaker = $("text").querySelector(".speaker")?.textContent.length ?? 0;
  const before = range.toString().slice(speaker).trim().split(/\s+/).filter(Boolean).length;
  return before > 0 && before < tokens.length ? before : null;
}

// The end of a sentence or a clause that is nearest to the middle; else the middle.
function nearestEnd(tokens) {
  const middle = tokens.length / 2;
  for (const end of [/[.!?…:;]["”»)]*$/, /,$/]) {
    const ends = tokens.slice(0, -1).flatMap((token, i) => (end.test(token) ? [i + 1] : []));
    if (ends.length) return ends.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  }
  return Math.max(1, Math.floor(middle));
}

async function cutAt(tokens, place) {
  const parts = [tokens.slice(0, place).join(" "), tokens.slice(place).join(" ")];
  parting = false;
  if (await saveRemark()) await act("split", { statement: at, parts, seen: shown });
  if (!parting) renderText();
}

function leaveParting() {
  parting = false;
  render();
  $("card").focus({ preventScroll: true });
}

// -- keys ------------------------------------------------------------------------------------

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const target = event.target;
  if (target === $("remark")) {
    if (event.key === "Escape") $("remark").value = noted.remark;
    if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey)) {
      event.preventDefault();
      $("card").focus(); // leaving it saves it
    }
    return;
  }
  if (!items.has(at) || event.repeat) return;
  if (target.matches("input") && /^Arrow| /.test(event.key)) return; // the radio's own
  if (parting) {
    const cuts = [...document.querySelectorAll(".cut")];
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") leaveParting();
    else if (move) cuts[Math.min(cuts.length - 1, Math.max(0, cuts.indexOf(target) + move))].focus();
    return;
  }
  const pressed = target.closest("button, a, summary") && (event.key === "Enter" || event.key === " ");
  if (pressed) return;
  // a key of the number pad without NumLock, or with Shift, is End, ↓ or Insert
  const pad = event.code.startsWith("Numpad");
  const digit = pad ? /^([0-3])$/.exec(event.key) : /^Digit([0-3])$/.exec(event.code);
  const keys = {
    Enter: () => decide(kept()),
    " ": () => decide(kept()),
    ArrowRight: () => saveRemark().then((saved) => saved && step(1)),
    ArrowLeft: () => saveRemark().then((saved) => saved && step(-1)),
    u: undo,
    s: part,
    j: join,
    b: () => $("remark").focus(),
    "?": guide,
  };
  const number = digit && (Number(digit[1]) + 3) % 4;
  const what = digit
    ? event.shiftKey
      ? logics[number].code !== "none" && (() => toggle(logics[number].code))
      : () => choose(logics[number].code)
    : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (what) {
    event.preventDefault();
    what();
  }
}

function guide() {
  $("guide").showModal();
}

async function setOrder(value) {
  localStorage.setItem("order", value);
  order = value === "first" ? (await get("order")).filter((name) => items.has(name)) : [...reading];
}

async function begin() {
  const kept_ = sessionStorage.getItem("pending");
  take(await get("state"));
  $("logics").replaceChildren(
    ...logics.flatMap(({ name, theory, colour, description }) => [
      element("dt", { "--logic": colour }, name === theory ? name : `${name} (${theory})`),
      element("dd", {}, description),
    ]),
  );
  const wanted = localStorage.getItem("order") ?? "first";
  document.querySelector(`[name=order][value=${wanted}]`).checked = true;
  await setOrder(wanted);
  progress();
  showOpen();
  if (kept_) {
    pending = JSON.parse(kept_);
    await deliver();
  }
  setTimeout(poll, POLL / 4);
}

document.addEventListener("keydown", onKey);
$("accept").onclick = ({ detail }) => detail < 2 && decide(kept());
$("previous").onclick = () => step(-1);
$("next").onclick = () => step(1);
$("undo").onclick = undo;
$("split").onclick = part;
$("join").onclick = join;
$("cancel").onclick = leaveParting;
$("help").onclick = ({ detail }) => {
  if (detail) $("card").focus({ preventScroll: true }); // where the focus is when it is closed
  guide();
};
$("remark").onblur = saveRemark;
for (const radio of document.querySelectorAll("[name=order]")) {
  radio.onchange = async () => {
    try {
      await setOrder(radio.value);
      showOpen();
      radio.focus();
    } catch {
      lost(Boolean(pending));
    }
  };
}
function start() {
  begin().catch(() => {
    lost(Boolean(sessionStorage.getItem("pending")));
    setTimeout(start, POLL);
  });
}
start();
