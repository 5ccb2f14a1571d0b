/// How a page looks, on a screen and on paper: A4 on its side, since reports are wide.
enum ReportStyle {
  static let css = """
    :root { color-scheme: light; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; }
    body { margin: 0; color: var(--ink); background: #fff;
      font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
    main { max-width: 90rem; margin: 0 auto; padding: 2rem 1.5rem; }
    h1 { font-size: 1.7rem; margin: 0 0 .75rem; }
    h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
    .standing { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 0 1.5rem; }
    .standing dt { color: var(--soft); }
    .standing dd { margin: 0; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: .87rem; }
    caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
    th, td { padding: .35rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
    thead th { vertical-align: bottom; border-bottom: 2px solid var(--ink); }
    tbody th { font-weight: normal; }
    .figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    thead .figure { white-space: normal; }
    .sum th, .sum td { font-weight: 600; background: #f3f6f8; }
    figure { margin: 0 0 1.5rem; max-width: 50rem; }
    figure svg { font-family: system-ui, "DejaVu Sans", sans-serif; }
    figcaption { color: var(--soft); font-size: .87rem; }
    li { margin-bottom: .35rem; max-width: 75rem; }
    @page { size: A4 landscape; margin: 12mm; }
    @media print {
      body { font-size: 9pt; }
      main { padding: 0; max-width: none; }
      .wide { overflow: visible; }
      table { font-size: 7pt; width: 100%; }
      th, td { padding: .15rem .3rem; }
      .many { font-size: 5.2pt; }
      .many th, .many td { padding: .1rem .15rem; overflow-wrap: anywhere; }
      .many td.figure { overflow-wrap: normal; }
      thead { display: table-header-group; }
      tr, figure, li { break-inside: avoid; }
    }
    """
}
