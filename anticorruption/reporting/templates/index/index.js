"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const { rows, vocabulary, words } = JSON.parse(byId("data").textContent);
  const list = byId("list");
  const status = byId("status");
  const ring = byId("ring");
  const controls = ["q", "province", "level", "answer", "order", "pilot", "made"].map(byId);
  const [q, province, level, answer, order, pilot, made] = controls;
  const byCode = (selector) =>
    new Map([...document.querySelectorAll(selector)].map((each) => [each.dataset.code, each]));
  const hexagons = byCode("#hexagons a");
  const outlines = byCode(".pilots use[data-code]");
  const regions = rows.map(([code, ofLevel, ofAnswer, isPilot, isMade, keys]) => ({
    code, level: ofLevel, answer: ofAnswer, pilot: isPilot, made: isMade, keys: keys.split(" "),
    province: code.slice(0, 2), line: byId("r" + code), shown: true,
    marks: [hexagons.get(code), outlines.get(code)].filter(Boolean),
  }));
  const sections = new Map([...list.children].map((s) => [s.id.slice(1), s]));
  const headings = (select) =>
    new Map([...select.options].filter((o) => o.value).map((o) => [o.value, o.text]));
  const titles = { level: headings(level), answer: headings(answer) };

  // A name is read as the library reads it: case, accents, blanks and marks do not count, words
  // for the kind of government may stand before or after it.
  const wordsOf = (text) =>
    text.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase().match(/[a-z]+|\d+/g) || [];

  function readings(text) {
    const { kinds, spellings, fillers } = vocabulary;
    const kindOf = (word) => (Object.hasOwn(kinds, word) ? kinds[word] : "");
    const joined = (parts) => [
      parts.join(""),
      parts.map((p) => (Object.hasOwn(spellings, p) ? spellings[p] : p)).join(""),
    ];
    let parts = wordsOf(text);
    const found = joined(parts).map((key) => ["", key]);
    while (parts.length > 1 && fillers.includes(parts[0])) parts = parts.slice(1);
    const rest = parts.filter((p) => !fillers.includes(p));
    if (kindOf(parts[0])) found.push(...joined(rest.slice(1)).map((k) => [kindOf(parts[0]), k]));
    else if (kindOf(parts.at(-1)))
      found.push(...joined(rest.slice(0, -1)).map((k) => [kindOf(parts.at(-1)), k]));
    else found.push(...joined(parts).map((key) => ["", key]));
    return found;
  }

  // 0: this very name or code; 1: begins with it; 2: has it inside; Infinity: not meant.
  function distance(region, asked) {
    let best = Infinity;
    for (const [kind, key] of asked) {
      if (kind && kind !== region.level) continue;
      for (const own of [...region.keys, region.code.replace(".", "")]) {
        const at = own.indexOf(key);
        if (at < 0 || (at > 0 && /\d/.test(key))) continue;
        best = Math.min(best, own === key ? 0 : at === 0 ? 1 : 2);
      }
    }
    return best;
  }

  const rank = (select, value) => [...select.options].findIndex((o) => o.value === value);
  const before = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const compare = {
    province: (a, b) => before(a.code, b.code),
    name: (a, b) => before(a.keys[0], b.keys[0]) || before(a.code, b.code),
    level: (a, b) => rank(level, a.level) - rank(level, b.level) || before(a.code, b.code),
    answer: (a, b) => rank(answer, a.answer) - rank(answer, b.answer) || before(a.code, b.code),
  };

  function section(title) {
    const made = document.createElement("section");
    const heading = made.appendChild(document.createElement("h3"));
    heading.textContent = title;
    made.appendChild(document.createElement("ul")).className = "rows";
    return made;
  }

  function arrange(shown, searching) {
    const groups = new Map();
    for (const region of shown) {
      const by = searching ? "found" : order.value === "name" ? "all" : region[order.value];
      if (!groups.has(by))
        groups.set(by, order.value === "province" && !searching
          ? sections.get(by)
          : section(words[by] || titles[order.value].get(by)));
      groups.get(by).lastElementChild.append(region.line);
    }
    list.replaceChildren(...groups.values());
  }

  function apply() {
    const asked = q.value.trim() ? readings(q.value) : null;
    for (const region of regions) {
      region.distance = asked ? distance(region, asked) : 0;
      region.shown = region.distance < Infinity &&
        (!province.value || region.province === province.value) &&
        (!level.value || region.level === level.value) &&
        (!answer.value || region.answer === answer.value) &&
        (!pilot.checked || region.pilot) && (!made.checked || region.made);
      for (const mark of region.marks) mark.classList.toggle("dim", !region.shown);
      region.line.remove();
    }
    const shown = regions.filter((region) => region.shown).sort(
      (a, b) => a.distance - b.distance || compare[order.value](a, b));
    arrange(shown, Boolean(asked));
    // What is found stands right below the search, on a phone too.
    byId("overview").hidden = Boolean(asked);
    const said = words.count.replace("{shown}", shown.length).replace("{total}", regions.length);
    status.textContent = shown.length ? said : said + ". " + words.none;
    enter(stop);
  }

  // One stop of the Tab key for the whole map; arrow keys go on from there.
  let stop;

  function enter(hexagon) {
    const open = (a) => a && !a.classList.contains("dim");
    const next = open(hexagon) ? hexagon : [...hexagons.values()].find(open);
    stop?.setAttribute("tabindex", "-1");
    next?.setAttribute("tabindex", "0");
    stop = next;
  }

  const middle = (a) => ["x", "y"].map((n) => Number(a.firstElementChild.getAttribute(n)));
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function walk(event) {
    const step = steps[event.key];
    const from = event.target.closest("#hexagons a");
    if (!step || !from || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [x, y] = middle(from);
    let nearest = null;
    let least = Infinity;
    for (const a of hexagons.values()) {
      if (a.classList.contains("dim")) continue;
      const [dx, dy] = [middle(a)[0] - x, middle(a)[1] - y];
      const along = dx * step[0] + dy * step[1];
      const cost = along + 3 * Math.abs(dx * step[1] + dy * step[0]);
      if (along > 0 && cost < least) [nearest, least] = [a, cost];
    }
    if (nearest) {
      enter(nearest);
      nearest.focus();
    }
  }

  // The ring lies above all hexagons: the outline of one would be hidden by its neighbours.
  function tell(event) {
    const a = event.target.closest("#hexagons a");
    if (!a) return;
    const [x, y] = middle(a);
    ring.setAttribute("x", x);
    ring.setAttribute("y", y);
    ring.setAttribute("visibility", "visible");
    const { line } = regions.find((region) => region.code === a.dataset.code);
    byId("spot").textContent =
      [...line.children].filter((e) => !e.matches(".files")).map((e) => e.textContent).join(" · ");
  }

  function leave() {
    ring.setAttribute("visibility", "hidden");
  }

  function reset() {
    for (const control of controls) {
      if (control.type === "checkbox") control.checked = false;
      else control.value = control === order ? "province" : "";
    }
    apply();
    q.focus();
  }

  document.querySelector(".plain").hidden = true;
  for (const element of document.querySelectorAll(".scripted")) element.hidden = false;
  // Not on the drawing itself: an SVG element that listens for focus becomes a stop of the Tab key.
  const map = document.querySelector(".map");
  map.removeAttribute("tabindex");
  for (const control of controls) control.addEventListener("input", apply);
  byId("reset").addEventListener("click", reset);
  map.addEventListener("keydown", walk);
  map.addEventListener("focusin", tell);
  map.addEventListener("pointerover", tell);
  map.addEventListener("focusout", leave);
  map.addEventListener("pointerleave", leave);
  window.addEventListener("pageshow", apply);
  apply();
})();
