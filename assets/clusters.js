// The list of clusters: which one is opened, selecting and naming them, the switch that colors the
// map by them. What is listed is made by dashboard/panels/clusters.py.
"use strict";

(() => {
  const IDS = {
    list: "clusters", open: "clusters-open", asked: "clusters-asked", color: "color", button: "clusters-color",
  };
  const PREFIX = "cluster:";
  const state = { opened: null, former: null, listed: null };

  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const same = () => window.dash_clientside.no_update;

  function apply() {
    for (const button of document.querySelectorAll(`#${IDS.list} .cluster-open`)) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.cluster) === state.opened));
    }
  }

  // On a phone what is told of a cluster is under the list.
  function open(cluster) {
    setProps(IDS.open, { data: cluster });
    document.querySelector(".clusters-aside")?.scrollIntoView({ block: "nearest" });
  }

  // ---- names -------------------------------------------------------------------------------------

  function name(field) {
    const { key, checkpoint, cluster, name: before } = field.dataset;
    const given = field.querySelector("input").value.trim();
    if (given === before) return;
    field.dataset.name = given; // Enter, and then leaving the field, ask once
    setProps(IDS.asked, { data: { key, checkpoint, cluster: Number(cluster), name: given } });
  }

  const fieldOf = (target) => target.closest?.(".cluster-name");
  document.addEventListener("focusout", ({ target }) => { if (fieldOf(target)) name(fieldOf(target)); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && fieldOf(event.target)) name(fieldOf(event.target));
  });

  // ---- acts --------------------------------------------------------------------------------------

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-cluster-step], [data-cluster-number], .cluster-open");
    if (!button) return;
    const { clusterStep, clusterNumber, clusterMethod, cluster } = button.dataset;
    if (clusterStep) window.morphospace_selecting.step(JSON.parse(clusterStep));
    else if (clusterNumber) setProps(`${IDS.list}-${clusterMethod}`, { value: Number(clusterNumber) });
    else open(Number(cluster));
  });

  // ---- the switch of the map's colors ------------------------------------------------------------

  const GROUP = "Clusters"; // among the columns
  function titleOf(key, titles) {
    const [, method, number] = key.split(":");
    return titles[method]?.replace("{}", Number(number).toLocaleString("en-US")) ?? key;
  }

  const isClustering = (column) => String(column).startsWith(PREFIX);

  function press(key, column) {
    if (column !== key) {
      if (!isClustering(column)) state.former = column;
      setProps(IDS.color, { value: key });
      return;
    }
    setProps(IDS.color, { value: state.former ?? document.getElementById(IDS.button).dataset.first });
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_clusters: {
      follow(method, _listed, _opened, labelled) {
        state.opened = labelled?.record.steps[0].values[0] ?? null;
        requestAnimationFrame(apply);
        return `clusters-numbers of-${method}`;
      },
      // Pressed, the map shows what is listed, whatever that becomes.
      color(_clicks, shown, column) {
        const caused = window.dash_clientside.callback_context.triggered.map(({ prop_id: id }) => id.split(".")[0]);
        const key = shown?.key ?? null;
        if (key !== null) {
          const wasOn = state.listed !== null && state.listed !== key && column === state.listed;
          if (caused.includes(IDS.button)) press(key, column);
          else if (wasOn && caused.includes("clusters-shown")) setProps(IDS.color, { value: key });
          state.listed = key;
        }
        return [String(key !== null && column === key), key === null];
      },
      // Clusters of any number can be asked for: those that have been are among the columns.
      offer(column, groups, titles) {
        const known = (groups ?? []).flatMap(({ items }) => items ?? []);
        if (!isClustering(column) || known.some(({ value }) => value === column)) return;
        const own = groups.find(({ group }) => group === GROUP)?.items ?? [];
        const others = groups.filter(({ group }) => group !== GROUP);
        const items = [...own, { value: column, label: titleOf(column, JSON.parse(titles)) }];
        setProps(IDS.color, { data: [...others, { group: GROUP, items }] });
      },
      choose(click, method) {
        const number = click?.points?.[0]?.x;
        if (Number.isFinite(number)) setProps(`${IDS.list}-${method}`, { value: number });
        return same();
      },
    },
  });
})();
