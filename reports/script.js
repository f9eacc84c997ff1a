/* The page's own small script. Without it the page is whole; with it tables sort, cells are filtered and open, and
 * light or dark can be chosen. It loads nothing, and whatever comes from the survey goes in as text. */
(function () {
  "use strict";
  const PAGE_ROWS = 100;
  const root = document.documentElement;
  const block = document.getElementById("cells-data");
  if (!block)
    return;
  const data = JSON.parse(block.textContent);
  const words = data.words;
  const collator = new Intl.Collator(root.lang, { numeric: true });

  /* Columns of a cell's row in the data, as cell_data.c writes them. */
  const PAIR = 0, READER = 1, CONDITION = 2, SCRIPT = 3, VERDICT = 4, AS_DIRTY = 5, N = 6, D = 7, S = 8, INVALID = 9,
    ABORTED = 10, INTERVAL = 11, MISSING = 12, OK = 13, ALL = 14, SESSIONS = 15, MEDIAN = 16, P90 = 19, MAX = 22,
    DETAIL = 23;

  function element(name, text, attributes) {
    const made = document.createElement(name);
    if (text !== undefined && text !== null)
      made.textContent = text;
    for (const key in attributes || {})
      made.setAttribute(key, attributes[key]);
    return made;
  }

  function fill(text, values) {
    return text.replace(/\{(\d)(?::([^:]*):([^}]*))?\}/g,
      (whole, which, one, many) => one === undefined ? values[which] : String(values[which]) === "1" ? one : many);
  }

  function remembered(name, value) {
    try { /* a page opened from a file may have no storage */
      if (value === undefined)
        return localStorage.getItem("nfc-survey-" + name);
      localStorage.setItem("nfc-survey-" + name, value);
    } catch (refused) { /* then it holds for this page only */ }
    return null;
  }

  /* ---- light and dark: the system's choice, or the reader's ---- */
  function startTheme() {
    const button = document.getElementById("theme");
    const order = ["auto", "light", "dark"];
    let now = order.indexOf(remembered("theme"));
    function show() {
      if (now > 0)
        root.dataset.theme = order[now];
      else
        delete root.dataset.theme;
      button.textContent = words.theme[Math.max(now, 0)];
    }
    button.addEventListener("click", () => {
      now = (Math.max(now, 0) + 1) % order.length;
      remembered("theme", order[now]);
      show();
    });
    show();
    button.hidden = false;
  }

  /* ---- sorting: a button in each head; a third press gives the survey's own order back ---- */
  function numberOf(text) {
    const found = /^\[?\s*([-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)/.exec(text);
    return found ? Number(found[1].replace("−", "-").replaceAll(",", "")) : NaN;
  }

  function compareKeys(keys, direction) {
    const numeric = keys.every((key) => key === "" || !isNaN(numberOf(key)));
    const values = numeric ? keys.map((key) => (key === "" ? NaN : numberOf(key))) : keys;
    return (a, b) => {
      if (keys[a] === "" || keys[b] === "") /* what is absent stands last, either way */
        return (keys[a] === "") - (keys[b] === "") || a - b;
      const order = numeric ? values[a] - values[b] : collator.compare(values[a], values[b]);
      return order * direction || a - b;
    };
  }

  function addSorting(table, sorted) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      const button = element("button", null, { type: "button", "class": "sort", title: words.sort });
      while (head.firstChild)
        button.appendChild(head.firstChild);
      head.appendChild(button);
      button.classList.toggle("before", /right|end/.test(getComputedStyle(head).textAlign));
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        const is = was === "ascending" ? "descending" : was === "descending" ? null : "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (is)
          head.setAttribute("aria-sort", is);
        sorted(column, is === "ascending" ? 1 : is === "descending" ? -1 : 0);
      });
    });
  }

  function keyOf(cell) {
    return cell.dataset.sort !== undefined ? cell.dataset.sort : cell.textContent.trim();
  }

  function startSorting() {
    document.querySelectorAll("main table").forEach((table) => {
      const body = table.tBodies[0];
      if (table.id === "cells-table" || table.classList.contains("unsorted") || !table.tHead || !body ||
          table.tHead.rows.length !== 1 || table.tBodies.length !== 1 || body.rows.length < 3)
        return;
      const width = table.tHead.rows[0].cells.length;
      const rows = Array.from(body.rows);
      if (rows.some((row) => row.cells.length !== width))
        return;
      addSorting(table, (column, direction) => {
        const order = rows.map((row, i) => i);
        if (direction)
          order.sort(compareKeys(rows.map((row) => keyOf(row.cells[column])), direction));
        order.forEach((i) => body.appendChild(rows[i]));
      });
    });
  }

  /* ---- words and numbers of a cell ---- */
  function nameOf(row) {
    return [data.readers[row[READER]], data.conditions[row[CONDITION]], data.scripts[row[SCRIPT]]].join(words.comma);
  }

  /* As figure.c writes numbers, not as the browser's locale does. */
  function grouped(digits) {
    return String(digits).replace(/^\d+/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ","));
  }

  function ms(value) {
    return value === null || value === undefined ? "" : grouped(value.toFixed(1));
  }

  function intervalOf(row, at) {
    return typeof row[at + 1] === "number" ? "[" + ms(row[at + 1]) + ", " + ms(row[at + 2]) + "]" : words.small;
  }

  function verdictText(verdict) {
    return data.verdicts[verdict][1] + " " + data.verdicts[verdict][0];
  }

  /* With the suspect placements that are in the bounds beside n and d. */
  function boundsOf(row) {
    const bounds = data.intervals[row[INTERVAL]];
    return row[S] ? fill(words.beside, [grouped(row[S]), bounds]) : bounds;
  }

  function isPlaced(row) {
    return row[N] + row[S] > 0;
  }

  function evidenceOf(row) {
    return fill(words.evidence, [grouped(row[D]), grouped(row[N]), boundsOf(row)]);
  }

  function linkTo(cell, text) {
    return element("a", text, { href: "#cell-" + cell, "data-cell": cell });
  }

  /* ---- the table of cells: filtered, sorted, a page of rows at a time ---- */
  const shown = { order: [], page: 0, column: 0, direction: 0 };
  const selects = {};
  let find = null, count = null, place = null, cellsTable = null;

  /* The text by which a column sorts, in the order of the table's columns. */
  const columns = [
    (row) => data.pairs[row[PAIR]][0], (row) => data.pairs[row[PAIR]][1], (row) => data.readers[row[READER]],
    (row) => data.conditions[row[CONDITION]], (row) => data.scripts[row[SCRIPT]], (row) => data.verdicts[row[VERDICT]][0],
    (row) => data.verdicts[row[AS_DIRTY]][0], (row) => String(row[N]), (row) => String(row[D]), (row) => String(row[S]),
    (row) => String(row[INVALID]), (row) => String(row[ABORTED]),
    (row) => (isPlaced(row) ? data.intervals[row[INTERVAL]] : ""), (row) => (row[MISSING] ? String(row[MISSING]) : ""),
    (row) => String(row[OK]), (row) => ms(row[MEDIAN]), (row) => ms(row[P90]),
  ];

  /* Columns that came later, as texts. */
  function addLaterColumns() {
    data.cells.forEach((row, cell) => { row.more = data.more ? data.more[cell].map((text) => data.texts[text]) : []; });
    if (data.more)
      data.more[0].forEach((text, i) => columns.push((row) => row.more[i]));
  }

  function timeCell(row, at) {
    const cell = element("td", ms(row[at]));
    if (typeof row[at] === "number") {
      cell.append(" ");
      cell.appendChild(element("small", intervalOf(row, at)));
    }
    return cell;
  }

  function rowOf(cell) {
    const row = data.cells[cell], made = element("tr", null, { id: "cell-" + cell });
    const head = element("th", null, { scope: "row" });
    head.appendChild(linkTo(cell, data.pairs[row[PAIR]][0]));
    made.append(head, element("td", data.pairs[row[PAIR]][1]), element("td", data.readers[row[READER]]),
      element("td", data.conditions[row[CONDITION]]), element("td", data.scripts[row[SCRIPT]]),
      element("td", verdictText(row[VERDICT]), { "class": data.verdicts[row[VERDICT]][2] }),
      element("td", row[AS_DIRTY] === row[VERDICT] ? "=" : data.verdicts[row[AS_DIRTY]][0]),
      element("td", grouped(row[N])), element("td", grouped(row[D])), element("td", grouped(row[S])),
      element("td", grouped(row[INVALID])),
      element("td", grouped(row[ABORTED])), element("td", isPlaced(row) ? data.intervals[row[INTERVAL]] : ""),
      element("td", row[MISSING] ? grouped(row[MISSING]) : ""),
      element("td", fill(words.of, [grouped(row[OK]), grouped(row[ALL])])), timeCell(row, MEDIAN), timeCell(row, P90));
    row.more.forEach((text) => made.append(element("td", text)));
    return made;
  }

  function showRows() {
    const pages = Math.max(1, Math.ceil(shown.order.length / PAGE_ROWS));
    shown.page = Math.min(Math.max(shown.page, 0), pages - 1);
    const rows = document.createDocumentFragment();
    shown.order.slice(shown.page * PAGE_ROWS, (shown.page + 1) * PAGE_ROWS)
      .forEach((cell) => rows.appendChild(rowOf(cell)));
    cellsTable.tBodies[0].replaceChildren(rows);
    count.textContent = fill(words.count, [grouped(shown.order.length), grouped(data.cells.length)]);
    place.textContent = fill(words.page, [grouped(shown.page + 1), grouped(pages)]);
    document.getElementById("cells-before").disabled = shown.page === 0;
    document.getElementById("cells-after").disabled = shown.page === pages - 1;
  }

  function wantedBy(row, wanted, sought) {
    for (const key in wanted)
      if (wanted[key] !== "" && Number(wanted[key]) !== row[selects[key].column])
        return false;
    return sought.every((word) => data.haystacks[row[PAIR]].includes(word) || nameOf(row).toLowerCase().includes(word) ||
      data.verdicts[row[VERDICT]][0].toLowerCase() === word);
  }

  function filterRows() {
    const wanted = {}, sought = find.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    for (const key in selects)
      wanted[key] = selects[key].box.value;
    const order = [];
    data.cells.forEach((row, cell) => {
      if (wantedBy(row, wanted, sought))
        order.push(cell);
    });
    if (shown.direction) {
      const keys = data.cells.map(columns[shown.column]);
      order.sort(compareKeys(keys, shown.direction));
    }
    shown.order = order;
    shown.page = 0;
    showRows();
  }

  function addSelect(key, column, names) {
    const box = document.getElementById("filter-" + key);
    names.forEach((name, i) => {
      if (name !== null)
        box.appendChild(element("option", name, { value: i }));
    });
    box.addEventListener("change", filterRows);
    selects[key] = { box: box, column: column };
  }

  function startCells() {
    const used = new Set(data.cells.map((row) => row[VERDICT]));
    cellsTable = document.getElementById("cells-table");
    addLaterColumns();
    find = document.getElementById("filter-text");
    count = document.getElementById("cells-count");
    place = document.getElementById("cells-page");
    data.haystacks = data.pairs.map((pair) => pair.join(" ").toLowerCase());
    addSelect("reader", READER, data.readers);
    addSelect("handset", PAIR, data.pairs.map((pair) => pair[0] + (data.sims > 1 ? " + " + pair[1] : "")));
    addSelect("condition", CONDITION, data.conditions);
    addSelect("script", SCRIPT, data.scripts);
    addSelect("verdict", VERDICT, data.verdicts.map((verdict, i) => (used.has(i) ? verdictText(i) : null)));
    find.addEventListener("input", filterRows);
    document.getElementById("filter-clear").addEventListener("click", () => {
      find.value = "";
      for (const key in selects)
        selects[key].box.value = "";
      filterRows();
    });
    document.getElementById("cells-before").addEventListener("click", () => { shown.page--; showRows(); });
    document.getElementById("cells-after").addEventListener("click", () => { shown.page++; showRows(); });
    addSorting(cellsTable, (column, direction) => {
      shown.column = column;
      shown.direction = direction;
      filterRows();
    });
    filterRows();
    document.querySelectorAll(".needs-script").forEach((part) => { part.hidden = false; });
    document.querySelectorAll(".without-script").forEach((part) => { part.hidden = true; });
    document.getElementById("cells-all").open = true;
  }

  /* ---- a cell in full ---- */
  function pairRow(table, name, value) {
    if (value === null || value === undefined || value === "")
      return;
    const row = table.insertRow();
    row.appendChild(element("th", name, { scope: "row" }));
    row.appendChild(value instanceof Node ? value : element("td", value));
  }

  function exchangesOf(cell) {
    const made = element("td");
    if (data.capture[0])
      made.append(element("a", data.capture[0], { href: data.capture[0] }), " ");
    made.append(element("code", fill(data.capture[1], [cell])));
    return made;
  }

  function factsOf(row, cell) {
    const table = element("table", null, { "class": "particulars" });
    const verdict = element("td", verdictText(row[VERDICT]), { "class": data.verdicts[row[VERDICT]][2] });
    const pair = data.pairs[row[PAIR]], detail = row[DETAIL] || {};
    pairRow(table, words.handset, pair[0] + (pair[2] ? words.comma + pair[2] : ""));
    pairRow(table, words.sim, pair[1]);
    pairRow(table, words.reader, data.readers[row[READER]]);
    pairRow(table, words.condition, data.conditions[row[CONDITION]]);
    pairRow(table, words.script, data.scripts[row[SCRIPT]]);
    pairRow(table, words.verdict, verdict);
    pairRow(table, words.why, detail.why);
    pairRow(table, words.placements, isPlaced(row) ? evidenceOf(row) : words.none);
    if (row[AS_DIRTY] !== row[VERDICT])
      pairRow(table, words.asDirty, verdictText(row[AS_DIRTY]));
    pairRow(table, words.suspect, row[S] ? grouped(row[S]) + (detail.attributed ? words.comma + words.attributed : "") : null);
    pairRow(table, words.invalid, row[INVALID] ? grouped(row[INVALID]) : null);
    pairRow(table, words.aborted, row[ABORTED] ? grouped(row[ABORTED]) : null);
    pairRow(table, words.sessions, row[SESSIONS] || null);
    pairRow(table, words.missing, row[MISSING] ? grouped(row[MISSING]) : null);
    pairRow(table, words.transactions, fill(words.of, [grouped(row[OK]), grouped(row[ALL])]));
    if (typeof row[MEDIAN] === "number") {
      pairRow(table, words.median, ms(row[MEDIAN]) + " " + intervalOf(row, MEDIAN));
      pairRow(table, words.p90, ms(row[P90]) + " " + intervalOf(row, P90));
      pairRow(table, words.max, ms(row[MAX]));
    }
    pairRow(table, words.lines, (detail.lines || []).join(words.comma));
    pairRow(table, words.exchanges, detail.kinds ? exchangesOf(cell) : null);
    pairRow(table, words.crossed, detail.crossed);
    return table;
  }

  function failuresOf(row) {
    const kinds = (row[DETAIL] || {}).kinds;
    if (!kinds)
      return element("p", words.noFailure, { "class": "note" });
    const table = element("table", null, { "class": "list" }), head = table.createTHead().insertRow();
    table.prepend(element("caption", words.failures + data.mark));
    words.kindColumns.forEach((name) => head.appendChild(element("th", name, { scope: "col" })));
    const body = table.createTBody();
    kinds.forEach((kind) => {
      const made = body.insertRow();
      kind.forEach((value, i) => made.appendChild(element("td",
        Array.isArray(value) ? value.join(words.comma) : typeof value !== "number" ? value : i < 4 ? data.texts[value] : grouped(value))));
    });
    const wide = element("div", null, { "class": "wide" });
    wide.appendChild(table);
    return wide;
  }

  function openCell(cell) {
    const row = data.cells[cell], dialog = document.getElementById("cell");
    if (!row)
      return;
    document.getElementById("cell-title").textContent =
      data.pairs[row[PAIR]][0] + words.comma + nameOf(row) + data.mark;
    document.getElementById("cell-body").replaceChildren(factsOf(row, cell), failuresOf(row));
    if (!dialog.open)
      dialog.showModal();
    dialog.scrollTop = 0;
  }

  /* An opened cell has an address of its own, so that it can be sent to somebody, and Back closes it. */
  function address(way, hash) {
    try {
      history[way]({ opened: way === "pushState" }, "", hash);
    } catch (refused) { /* the address stays as it was; nothing else hangs on it */ }
  }

  function startOpening() {
    const dialog = document.getElementById("cell");
    document.addEventListener("click", (event) => {
      const opener = event.target.closest("[data-cell]");
      if (opener && event.button === 0 && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        openCell(Number(opener.dataset.cell));
        address("pushState", "#cell-" + opener.dataset.cell);
      } else if (event.target === dialog) {
        dialog.close(); /* beside it */
      }
    });
    document.getElementById("cell-close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      if (!cellInAddress())
        return; /* closed by Back */
      if (history.state && history.state.opened)
        history.back();
      else
        address("replaceState", location.pathname + location.search);
    });
    function cellInAddress() {
      return /^#cell-(\d+)$/.exec(location.hash);
    }
    function fromAddress() {
      const found = cellInAddress();
      if (found)
        openCell(Number(found[1]));
      else if (dialog.open)
        dialog.close();
    }
    window.addEventListener("popstate", fromAddress);
    fromAddress();
  }

  /* ---- tables of verdicts: one stop of the Tab key a table, arrow keys inside it ---- */
  /* The link that many steps away. A field of the overview holds several, `across` in a line and `down` lines. */
  function neighbour(table, link, step) {
    const across = Number(table.dataset.across || 1), down = Number(table.dataset.down || 1);
    const field = link.closest("td"), at = Array.from(field.querySelectorAll("a")).indexOf(link);
    const x = (field.cellIndex - 1) * across + at % across + step[1];
    const y = (field.parentNode.rowIndex - 1) * down + Math.floor(at / across) + step[0];
    const row = x < 0 || y < 0 ? undefined : table.rows[1 + Math.floor(y / down)];
    const there = row && row.cells[1 + Math.floor(x / across)];
    return there ? there.querySelectorAll("a")[(y % down) * across + x % across] : undefined;
  }

  function startArrows(table) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    table.querySelectorAll("td a[data-cell]").forEach((link, i) => { link.tabIndex = i === 0 ? 0 : -1; });
    table.addEventListener("keydown", (event) => {
      const link = event.target.closest("a[data-cell]");
      const next = link && steps[event.key] && neighbour(table, link, steps[event.key]);
      if (!next)
        return;
      event.preventDefault();
      link.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }

  /* A symbol of the overview is named when it is pointed at or has the focus: as markup its name would be longer than
   * all the rest of it. */
  function nameSymbol(event) {
    const link = event.target.closest("a[data-cell]"), row = link && data.cells[link.dataset.cell];
    if (!row || link.hasAttribute("aria-label"))
      return;
    const name = fill(words.title, [data.verdicts[row[VERDICT]][0], data.pairs[row[PAIR]][0], nameOf(row), row[D], row[N],
      boundsOf(row), row[INVALID], row[OK], row[ALL]]);
    link.title = name;
    link.setAttribute("aria-label", name);
  }

  /* Panels beyond what the page carries as markup are drawn from the data when they are first looked at. */
  function drawPanel(panel) {
    const condition = Number(panel.dataset.condition), script = Number(panel.dataset.script);
    const table = element("table", null, { "class": "matrix unsorted" }), head = table.createTHead().insertRow();
    table.prepend(element("caption", fill(words.panel, [data.conditions[condition], data.scripts[script]]) +
      data.mark));
    head.appendChild(element("th", words.handset, { scope: "col" }));
    data.readers.forEach((reader) => head.appendChild(element("th", reader, { scope: "col" })));
    const body = table.createTBody(), rows = [];
    data.cells.forEach((row, cell) => {
      if (row[CONDITION] !== condition || row[SCRIPT] !== script)
        return;
      const line = rows[row[PAIR]] || (rows[row[PAIR]] = []);
      line[row[READER]] = cell;
    });
    rows.forEach((line, pair) => {
      const made = body.insertRow(), name = element("th", data.pairs[pair][0], { scope: "row" });
      if (data.sims > 1)
        name.appendChild(element("small", data.pairs[pair][1]));
      made.appendChild(name);
      line.forEach((cell) => {
        const row = data.cells[cell], verdict = data.verdicts[row[VERDICT]];
        const td = element("td", null, { "class": verdict[2] }), link = linkTo(cell, verdict[1] + " ");
        link.append(isPlaced(row) ? grouped(row[D]) + "/" + grouped(row[N]) + (row[S] ? "+" + grouped(row[S]) : "") : verdict[0]);
        if (isPlaced(row))
          link.appendChild(element("small", data.intervals[row[INTERVAL]].replace(/ ?%$/, ""))); /* the caption says it */
        td.appendChild(link);
        made.appendChild(td);
      });
    });
    panel.replaceChildren(table);
    panel.classList.remove("later");
    startArrows(table);
  }

  function startMatrix() {
    document.querySelectorAll("table.matrix, table.overview").forEach(startArrows);
    document.querySelectorAll("table.overview").forEach((table) => {
      table.addEventListener("pointerover", nameSymbol);
      table.addEventListener("focusin", nameSymbol);
    });
    document.querySelectorAll(".panel.later").forEach((panel) => {
      const input = document.getElementById(panel.dataset.of);
      const draw = () => {
        if (input.checked && panel.classList.contains("later"))
          drawPanel(panel);
      };
      input.addEventListener("change", draw);
      draw();
    });
  }

  /* ---- what scrolls sideways is reached by the Tab key, and has the name of its table ---- */
  function startScrolling() {
    const boxes = document.querySelectorAll(".wide");
    const show = () => boxes.forEach((box) => {
      const caption = box.querySelector("caption"), scrolls = box.scrollWidth > box.clientWidth + 1;
      if (scrolls && caption) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", caption.textContent);
      } else {
        ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
      }
    });
    const watch = new ResizeObserver(show); /* a width that changes, a part that opens */
    boxes.forEach((box) => watch.observe(box));
  }

  /* ---- the other language keeps the place ---- */
  function startLanguage() {
    document.querySelectorAll("a.language").forEach((link) => {
      link.addEventListener("click", () => { link.hash = location.hash; });
    });
  }

  root.classList.add("js");
  startTheme();
  startSorting();
  if (data.cells) {
    startMatrix();
    startCells();
    startOpening();
  }
  startScrolling();
  startLanguage();
})();
