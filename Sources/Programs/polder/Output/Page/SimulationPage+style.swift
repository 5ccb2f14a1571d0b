extension SimulationPage {
  /// Colours that people with any kind of colour vision tell apart (Okabe and Ito), and dashes for
  /// those who see none; light and dark.
  static let style = """
    :root {
      --paper: #fbfbf9; --ink: #1c2126; --soft: #5a646e; --rule: #dfe2e1; --card: #ffffff;
      --fcfs: #c04a00; --easy: #0067a3; --conservative: #00795a;
      --recorded: #5b5b6b;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14181c; --ink: #e8eaeb; --soft: #a3adb6; --rule: #2e353b; --card: #1b2025;
        --fcfs: #ff9350; --easy: #5cb6ea; --conservative: #3fc79d;
        --recorded: #a8a8b8;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem;
      background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif;
    }
    header { margin-bottom: 2rem; }
    h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere; }
    h2 { margin: 0 0 .25rem; font-size: 1.15rem; }
    p { margin: .25rem 0 1rem; color: var(--soft); max-width: 46rem; }
    .kicker { margin: 0; font-size: .85rem; letter-spacing: .06em; text-transform: uppercase; }
    section {
      background: var(--card); border: 1px solid var(--rule); border-radius: .6rem;
      padding: 1.25rem 1.5rem; margin-bottom: 1.25rem;
    }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th, td { padding: .3rem .75rem; text-align: right; border-top: 1px solid var(--rule); }
    thead th, thead td { border-top: 0; }
    tbody th { text-align: left; font-weight: 400; color: var(--soft); padding-left: 0; }
    tbody th, td, thead th { white-space: nowrap; }
    svg { display: block; width: 100%; height: auto; }
    .legend { display: flex; flex-wrap: wrap; gap: 1.25rem; list-style: none; margin: 0 0 .5rem;
      padding: 0; }
    .legend li { display: flex; align-items: center; gap: .5rem; }
    .legend svg { width: 26px; height: 8px; }
    text { font-size: 12.5px; fill: var(--soft); }
    text.name { font-weight: 600; fill: var(--ink); }
    text.end { text-anchor: end; }
    text.middle { text-anchor: middle; }
    .grid { stroke: var(--rule); stroke-width: 1; }
    .axis { stroke: var(--soft); stroke-width: 1; }
    .mark { stroke: var(--ink); stroke-width: 2; }
    .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
    .range { stroke-width: 4; stroke-linecap: round; opacity: .45; }
    .area { opacity: .75; }
    .curve.fcfs, .range.fcfs { stroke: var(--fcfs); }
    .curve.easy, .range.easy { stroke: var(--easy); }
    .curve.recorded, .range.recorded { stroke: var(--recorded); }
    .curve.conservative, .range.conservative { stroke: var(--conservative); }
    polyline.easy, .legend .curve.easy { stroke-dasharray: 7 3; }
    polyline.conservative, .legend .curve.conservative { stroke-dasharray: 2 2.5; }
    .area.fcfs, .bar.fcfs, .dot.fcfs { fill: var(--fcfs); }
    .area.easy, .bar.easy, .dot.easy { fill: var(--easy); }
    .area.recorded, .bar.recorded, .dot.recorded { fill: var(--recorded); }
    .area.conservative, .bar.conservative, .dot.conservative { fill: var(--conservative); }
    dl { margin: 0; }
    dt { font-weight: 600; }
    dd { margin: 0 0 .5rem; overflow-wrap: anywhere; color: var(--soft); }
    @media print { section { break-inside: avoid; } }
    """
}
