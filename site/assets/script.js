// Filters, sorts, copies and counts. Everything is readable without it.
(() => {
  "use strict";
  const find = (query, from) => (from || document).querySelector(query);
  const all = (query, from) => Array.from((from || document).querySelectorAll(query));
  const make = (name, text, attributes) => {
    const node = document.createElement(name);
    if (text) node.textContent = text;
    for (const key of Object.keys(attributes || {})) node.setAttribute(key, attributes[key]);
    return node;
  };
  const day = 24 * 60 * 60 * 1000;
  const days = (n) => n + (n === 1 ? " day" : " days");

  // Days are counted from today, and old data says that it is.
  const today = Math.floor(Date.now() / day);
  for (const node of all("[data-date]")) {
    const left = Math.round(Date.parse(node.dataset.date + "T00:00:00Z") / day) - today;
    if (Number.isFinite(left)) node.textContent = left === 0 ? "today" : left < 0 ? days(-left) + " ago" : "in " + days(left);
  }
  const counted = find("#counted");
  if (counted) counted.hidden = false;
  const age = Math.floor((Date.now() - Date.parse(document.body.dataset.run)) / day);
  if (age > 2) {
    const note = find("#age");
    note.textContent = "The run is " + days(age) + " old: what it found may have changed since.";
    note.hidden = false;
  }

  // Buttons that copy an ID.
  const copyable = (after, text) => {
    const button = make("button", "Copy", { type: "button", class: "copy", "aria-label": "Copy " + text });
    button.addEventListener("click", async () => {
      let done = false;
      try {
        await navigator.clipboard.writeText(text);
        done = true;
      } catch {
        const area = make("textarea");
        area.value = text;
        document.body.append(area);
        area.select();
        done = document.execCommand("copy");
        area.remove();
        button.focus();
      }
      button.textContent = done ? "Copied" : "Not copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    after.after(button);
  };
  for (const node of all("[data-copy]")) copyable(node, node.textContent);
  for (const node of all("[data-copy-text]")) copyable(node, node.dataset.copyText);

  const say = (text) => {
    const notice = find("#notice");
    if (notice && notice.textContent !== text) notice.textContent = text;
  };
  // The parameters of the address, without those that a form does not know.
  const parameters = (form, known) => {
    const dropped = [];
    const values = {};
    for (const [key, value] of new URLSearchParams(location.search)) {
      const field = Object.hasOwn(known, key) ? known[key] : null;
      const fits = field && (field.tagName !== "SELECT" || Array.from(field.options).some((option) => option.value === value));
      if (fits) values[key] = value;
      else dropped.push(key.slice(0, 40));
    }
    return { values, dropped };
  };
  const fields = (form) => Object.fromEntries(Array.from(form.elements).filter((field) => field.name).map((field) => [field.name, field]));
  const address = (values) => {
    const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
    try {
      history.replaceState(null, "", (query ? "?" + query : location.pathname) + location.hash);
    } catch { /* a file: its address stays */ }
  };

  const filters = find("#filters");
  if (filters) {
    const table = find("#matrix");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const heads = Array.from(table.tHead.rows[0].cells);
    const regions = heads.slice(1).map((head) => head.textContent);
    const known = fields(filters);
    const letters = { "on-demand": "d", profile: "g", global: "w", provisioned: "p", doubtful: "x", listed: "l", "not-observed": "u" };
    const has = (list, value) => !value || (list || "").split(" ").includes(value);
    const texts = new Map(rows.map((row) => [row, row.cells[0].textContent.toLowerCase()]));
    const orders = {
      id: (row) => find("code", row).textContent,
      provider: (row) => row.dataset.p,
      regions: (row) => String(1000 - Number(row.dataset.n)).padStart(4, "0"),
      eol: (row) => row.dataset.e || "9999",
    };
    for (const row of rows) copyable(find("code", row), find("code", row).textContent);
    const apply = (dropped) => {
      const want = Object.fromEntries(Object.entries(known).map(([key, field]) => [key, field.value]));
      const at = regions.indexOf(want.region) + 1;
      const words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const cells = at ? [row.cells[at]] : Array.from(row.cells).slice(1);
        const letter = letters[want.access];
        const fits = words.every((word) => texts.get(row).includes(word)) && (!want.provider || row.dataset.p === want.provider) &&
          has(row.dataset.m, want.modality) && has(row.dataset.l, want.lifecycle) && has(row.dataset.b, want.within) &&
          (!at || row.cells[at].className !== "") && (!letter || cells.some((cell) => cell.className.includes(letter)));
        row.hidden = !fits;
        if (fits) shown++;
      }
      for (const head of heads.slice(1)) head.hidden = at > 0 && head.cellIndex !== at;
      for (const row of rows) for (const cell of Array.from(row.cells).slice(1)) cell.hidden = at > 0 && cell.cellIndex !== at;
      const order = orders[want.sort];
      const sorted = order ? rows.slice().sort((a, b) => order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0) : rows;
      if (order || body.rows[0] !== rows[0] || apply.sorted) body.append(...sorted);
      apply.sorted = Boolean(order);
      const filtered = Object.entries(want).some(([key, value]) => value && key !== "sort");
      let text = filtered ? shown + " of " + rows.length + " models." : "";
      if (dropped && dropped.length) text = "Left out of the address, because it means nothing here: " + dropped.join(", ") + ". " + text;
      say(text);
      address(want);
    };
    const { values, dropped } = parameters(filters, known);
    for (const key of Object.keys(values)) known[key].value = values[key];
    filters.hidden = false;
    filters.addEventListener("input", () => apply());
    filters.addEventListener("submit", (event) => event.preventDefault());
    filters.addEventListener("reset", () => setTimeout(apply));
    apply(dropped);
    // Arrow keys move between cells of the heads of rows.
    body.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp" || event.target.tagName !== "A") return;
      let row = event.target.closest("tr");
      do row = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling; while (row && row.hidden);
      if (row) {
        find("a", row).focus();
        event.preventDefault();
      }
    });
  }

  const compare = find("#compare");
  if (compare) {
    const data = JSON.parse(find("#data").textContent);
    const known = fields(compare);
    const { values, dropped } = parameters(compare, known);
    if (data.regions.length > 1) known.b.value = data.regions[1];
    for (const key of Object.keys(values)) known[key].value = values[key];
    const list = (title, models, show) => {
      const section = make("section");
      section.append(make("h2", title + " (" + models.length + ")"));
      const items = make("ul");
      for (const model of models) {
        const item = make("li");
        const link = make("a", "", { href: "../" + model.page });
        link.append(make("bdi", model.name));
        item.append(link);
        const ids = show(model);
        if (ids.length) item.append(": ");
        ids.forEach((id, i) => item.append(i ? ", " : "", make("code", id, { dir: "auto" })));
        items.append(item);
      }
      section.append(items);
      return section;
    };
    const draw = (dropped) => {
      const a = known.a.value, b = known.b.value;
      const ids = (model, region) => model.ids[region] || [];
      const only = (x, y) => data.models.filter((model) => ids(model, x).length && !ids(model, y).length);
      const both = data.models.filter((model) => ids(model, a).length && ids(model, b).length);
      const other = both.filter((model) => ids(model, a).join(" ") !== ids(model, b).join(" "));
      const same = both.filter((model) => !other.includes(model));
      find("#compared").replaceChildren(
        list("Callable from " + a + " only", only(a, b), (model) => ids(model, a)),
        list("Callable from " + b + " only", only(b, a), (model) => ids(model, b)),
        list("From both, with other IDs", other, (model) => Array.from(new Set(ids(model, a).concat(ids(model, b))))),
        list("From both, alike", same, (model) => ids(model, a)));
      say(dropped && dropped.length ? "Left out of the address, because it means nothing here: " + dropped.join(", ") + "." : "");
      address({ a, b });
    };
    compare.hidden = false;
    compare.addEventListener("input", () => draw());
    compare.addEventListener("submit", (event) => { event.preventDefault(); draw(); });
    draw(dropped);
  }
})();
