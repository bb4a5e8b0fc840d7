// Turns a chart's image into a live chart, in the page's light or dark colours.
(function () {
  const twins = "@DARK@";
  const preference = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => {
    const lab = document.body.dataset.jpThemeLight;
    return lab ? lab === "false" : preference.matches;
  };
  const darkened = (spec) => {
    let text = JSON.stringify(spec);
    for (const light in twins) text = text.split(light).join(twins[light]);
    return JSON.parse(text);
  };
  window.cartwheelChart = (id, spec) => {
    let finalize = null;
    const draw = () => {
      const host = document.getElementById(id);
      if (!host) return;
      const options = {
        actions: { export: true, source: false, compiled: false, editor: false },
        renderer: "svg",
        downloadFileName: host.getAttribute("aria-label"),
      };
      const shown = isDark() ? darkened(spec) : JSON.parse(JSON.stringify(spec));
      if (finalize) finalize();
      vegaEmbed(host, shown, options).then(
        (result) => { finalize = result.finalize; host.dataset.live = "true"; },
        (error) => { host.textContent = "This chart could not be drawn: " + error.message; }
      );
    };
    draw();
    preference.addEventListener("change", draw);
    new MutationObserver(draw).observe(document.body, {
      attributeFilter: ["data-jp-theme-light"],
    });
  };
})();
