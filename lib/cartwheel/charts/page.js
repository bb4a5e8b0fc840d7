// Turns a chart's image into a live chart in the page's colours; sorts and searches tables;
// hands out what is behind them.
(function () {
  const twins = "@DARK@";
  const SHOWN = 20; // rows of a table, until all are asked for
  const PAPER = 688; // width of an A4 page's text in pixels
  const preference = matchMedia("(prefers-color-scheme: dark)");
  const charts = new Map();
  let isPrinting = false;
  const isDark = () => {
    const lab = document.body.dataset.jpThemeLight;
    return lab ? lab === "false" : preference.matches;
  };
  const darkened = (spec) => {
    let text = JSON.stringify(spec);
    for (const light in twins) text = text.split(light).join(twins[light]);
    return JSON.parse(text);
  };
  // Nothing is fetched, whatever a chart names.
  const refuse = (uri) => Promise.reject(new Error("a page fetches nothing: " + uri));
  const loader = {
    load: refuse,
    http: refuse,
    file: refuse,
    sanitize: (uri) => /^data:/i.test(uri) ? Promise.resolve({ href: uri }) : refuse(uri),
  };

  window.cartwheelChart = (id, spec) => {
    let finalize = null;
    const draw = () => {
      const host = document.getElementById(id);
      if (!host) return;
      const shown = isDark() ? darkened(spec) : JSON.parse(JSON.stringify(spec));
      if (finalize) finalize();
      return vegaEmbed(host, shown, { actions: false, renderer: "svg", loader }).then(
        (result) => {
          finalize = result.finalize;
          host.view = result.view;
          host.dataset.live = "true";
          resized.observe(host);
        },
        (error) => { host.textContent = "This chart could not be drawn: " + error.message; }
      );
    };
    charts.set(id, { spec, draw });
    draw();
  };
  const redraw = () => {
    for (const [id, chart] of charts) {
      if (document.getElementById(id)) chart.draw(); else charts.delete(id);
    }
  };
  preference.addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.body, { attributeFilter: ["data-jp-theme-light"] });

  // Paper has a width of its own and is white: the same letters, other lengths.
  const fit = (width) => Promise.all([...charts].map(([id, chart]) => {
    const host = document.getElementById(id);
    if (!host?.view || chart.spec.width !== "container") return null;
    return host.view.width(width ?? host.clientWidth).runAsync();
  }));
  // A card changes its width without the window: by the cards around it, or by a side bar.
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const isOther = target.view && target.clientWidth && Math.abs(target.view.width() - target.clientWidth) > 1;
      if (isOther && charts.get(target.id)?.spec.width === "container" && !isPrinting) target.view.width(target.clientWidth).runAsync();
    }
  });
  const lighten = () => {
    const light = Object.fromEntries(Object.entries(twins).map(([one, other]) => [other, one]));
    for (const each of document.querySelectorAll(".cw-chart svg [fill], .cw-chart svg [stroke]")) {
      for (const name of ["fill", "stroke"]) {
        const twin = light[each.getAttribute(name)];
        if (twin) each.setAttribute(name, twin);
      }
    }
  };
  addEventListener("beforeprint", () => { isPrinting = true; fit(PAPER).then(() => { if (isDark()) lighten(); }); });
  addEventListener("afterprint", () => { isPrinting = false; if (isDark()) redraw(); else fit(); });

  const save = (name, type, href) => {
    const link = document.createElement("a");
    link.download = name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) + "." + type;
    link.href = href;
    link.click();
  };
  const file = (name, type, text, mime) => {
    const href = URL.createObjectURL(new Blob([text], { type: mime }));
    save(name, type, href);
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  };
  const quoted = (value) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) || (value !== null && text === "") ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  const behind = (foot) => JSON.parse(foot.querySelector(".cw-rows").textContent);
  const asCsv = ({ columns, rows }) =>
    [columns, ...rows].map((row) => row.map(quoted).join(",") + "\r\n").join("");

  // A picture says what it shows: title and subtitle go into it.
  const pictured = async (figure, spec) => {
    const lines = (text, width) => {
      const made = [""];
      for (const word of (text || "").split(/\s+/)) {
        const last = made[made.length - 1];
        if ((last + " " + word).length > width && last) made.push(word);
        else made[made.length - 1] = last ? last + " " + word : word;
      }
      return made;
    };
    const finding = figure.querySelector("figcaption h3")?.textContent;
    const detail = figure.querySelector("figcaption p")?.textContent;
    const copied = JSON.parse(JSON.stringify(spec));
    if (copied.width === "container") copied.width = 720;
    copied.background = "white";
    copied.padding = 12;
    if (finding) copied.title = { text: lines(finding, 84), subtitle: lines(detail, 104) };
    const result = await vegaEmbed(document.createElement("div"), copied, { actions: false, renderer: "svg", loader });
    return result.view;
  };
  const take = async (button) => {
    const foot = button.closest(".cw-foot"), figure = button.closest(".cw-figure");
    const name = foot.dataset.name, kind = button.dataset.cwTake;
    if (kind === "csv") return file(name, "csv", asCsv(behind(foot)), "text/csv;charset=utf-8");
    const view = await pictured(figure, charts.get(figure.querySelector(".cw-chart").id).spec);
    if (kind === "svg") return file(name, "svg", await view.toSVG(), "image/svg+xml");
    save(name, "png", await view.toImageURL("png", 2));
  };

  const compared = (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1; // nothing comes last
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
  };
  const tables = new WeakMap();
  const prepared = (table) => {
    if (tables.has(table)) return tables.get(table);
    const figure = table.closest(".cw-figure"), body = table.tBodies[0];
    const values = behind(figure.querySelector(".cw-foot")).rows;
    const state = { rows: [...body.rows].map((row, at) => ({ row, at, values: values[at] })), all: false, words: "" };
    state.show = () => {
      let count = 0;
      for (const each of state.rows) {
        const fits = !state.words || each.row.textContent.toLowerCase().includes(state.words);
        if (fits) count++;
        each.row.classList.toggle("cw-hidden", !fits || (!state.all && count > SHOWN));
      }
      const more = figure.querySelector(".cw-all");
      if (more) {
        more.hidden = state.all || count <= SHOWN;
        more.textContent = "Show all " + count.toLocaleString("en") + " rows";
      }
    };
    tables.set(table, state);
    return state;
  };
  const enrich = (root) => {
    for (const table of root.querySelectorAll("table.cw-table:not([data-live])")) {
      const foot = table.closest(".cw-figure")?.querySelector(".cw-foot");
      if (!foot) continue;
      table.dataset.live = "true";
      if (table.tBodies[0].rows.length < 2) continue;
      for (const head of table.tHead.rows[0].cells) { head.dataset.cwSort = ""; head.tabIndex = 0; head.title = "Sort"; }
      const scroll = table.closest(".cw-scroll");
      if (table.tBodies[0].rows.length > 8) {
        const search = Object.assign(document.createElement("input"), { type: "search", className: "cw-search", placeholder: "Search these rows" });
        search.setAttribute("aria-label", "Search these rows");
        search.oninput = () => { const state = prepared(table); state.words = search.value.toLowerCase(); state.show(); };
        scroll.before(search);
      }
      if (table.tBodies[0].rows.length > SHOWN) {
        const more = Object.assign(document.createElement("button"), { type: "button", className: "cw-all" });
        more.onclick = () => { const state = prepared(table); state.all = true; state.show(); };
        scroll.after(more);
        prepared(table).show();
      }
    }
  };
  const sort = (head) => {
    const table = head.closest("table"), state = prepared(table), column = head.cellIndex;
    const descending = head.getAttribute("aria-sort") === "ascending";
    for (const each of head.parentNode.cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const sign = descending ? -1 : 1;
    state.rows.sort((a, b) => {
      const [one, other] = [a.values[column], b.values[column]];
      const order = compared(one, other);
      return (one === null || other === null ? order : sign * order) || a.at - b.at;
    });
    table.tBodies[0].append(...state.rows.map((each) => each.row));
    state.show();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cw-take]"), head = event.target.closest("[data-cw-sort]");
    if (button) take(button);
    if (head) sort(head);
  });
  document.addEventListener("keydown", (event) => {
    const head = event.key === "Enter" && event.target.closest?.("[data-cw-sort]");
    if (head) sort(head);
  });
  // While the page still loads, a figure may be there without the rows at its end.
  const isWhole = () => document.readyState !== "loading";
  new MutationObserver((changes) => {
    if (isWhole()) for (const change of changes) for (const node of change.addedNodes) {
      if (node.nodeType === 1 && (node.matches(".cw-figure") || node.querySelector(".cw-figure"))) enrich(node.parentNode ?? node);
    }
  }).observe(document.body, { childList: true, subtree: true });
  if (isWhole()) enrich(document);
  document.addEventListener("DOMContentLoaded", () => enrich(document));
})();
