/** Colours by role. Runs take Okabe and Ito's palette (2008), told apart by colour-blind readers, lifted for dark. */
const LIGHT = {
  paper: '#ffffff',
  panel: '#f6f7f9',
  ink: '#1b1f24',
  soft: '#59636e',
  line: '#d5dae0',
  good: '#00734f',
  bad: '#b3400a',
  doubt: '#7a5c00',
  c0: '#0072b2',
  c1: '#d55e00',
  c2: '#009e73',
  c3: '#aa4499',
  c4: '#8a6d00',
  c5: '#3c8dbc',
  c6: '#555555',
}
const DARK: typeof LIGHT = {
  paper: '#14171b',
  panel: '#1d2127',
  ink: '#e8eaed',
  soft: '#9aa4af',
  line: '#363d46',
  good: '#3fd1a0',
  bad: '#ff9a62',
  doubt: '#e3c04a',
  c0: '#56b4e9',
  c1: '#ff8c42',
  c2: '#2fd3a3',
  c3: '#dd8fcf',
  c4: '#e6c229',
  c5: '#8fd0f5',
  c6: '#b5b5b5',
}

const variables = (colours: typeof LIGHT): string =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')

/** The colour of run i, or of anything else that is numbered. */
export const colour = (i: number): string => `var(--c${i % 7})`
/** A dash of its own for each run, so that no figure depends on colour alone. */
export const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [10, 4],
  [4, 2, 1, 2],
  [1, 3],
]

/** The colours by name, light or dark as the reader's system asks. */
export const VARIABLES = `
:root{color-scheme:light dark;${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}
`

/** The style sheet of the page, printable. */
export const STYLE = `${VARIABLES}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
main{max-width:1280px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:26px;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:18px;margin:40px 0 6px;letter-spacing:-.005em}
h3{font-size:15px;margin:28px 0 4px}
hr{border:0;border-top:3px solid var(--line);margin:56px 0 24px}
hr+h2{font-size:24px;margin-top:0}
a{color:inherit}
p{margin:6px 0;max-width:78ch}
.soft{color:var(--soft)}
.unlike{border-left:5px solid var(--bad);padding:4px 12px;margin:0 0 14px;max-width:none;color:var(--bad)}
.verdicts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,250px),1fr));gap:12px;margin:18px 0}
.verdict{border:1px solid var(--line);border-left:5px solid var(--soft);border-radius:6px;padding:10px 14px;background:var(--panel)}
.verdict.pass{border-left-color:var(--good)}.verdict.fail{border-left-color:var(--bad)}.verdict.unknown{border-left-color:var(--doubt)}
.verdict b{font-size:17px}.verdict ul{margin:6px 0 0;padding-left:18px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;margin:10px 0;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:5px 12px;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
td{white-space:normal;min-width:5em}
th:first-child,td:first-child{text-align:left;padding-left:0;white-space:normal;min-width:11em}
thead th{border-bottom:2px solid var(--line);font-weight:600}
td small{color:var(--soft);display:block;font-size:12px;font-weight:400}
tr.key td{font-weight:600}
td.fail{color:var(--bad)}td.unknown{color:var(--doubt)}td.pass{color:var(--good)}
ul.warnings{margin:6px 0;padding-left:18px;color:var(--doubt)}
.others td{white-space:normal;min-width:130px;max-width:320px;overflow-wrap:anywhere}.others td:first-child{min-width:220px}
table.facts td{white-space:normal;overflow-wrap:anywhere}table.facts td:first-child{overflow-wrap:break-word}
figure{margin:10px 0 0;overflow-x:auto}
figure svg{max-width:100%;min-width:620px;height:auto;display:block}
figcaption{color:var(--soft);font-size:13px;max-width:90ch}
.key-row{display:flex;flex-wrap:wrap;gap:18px;font-size:13px;margin:4px 0 8px}
.key-row svg{vertical-align:middle;margin-right:6px}
code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:10px 12px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
@media (max-width:640px){th:first-child,td:first-child{min-width:9em}th,td{padding:5px 8px}td{white-space:normal}}
@media print{main{max-width:none}h2{break-after:avoid}figure{break-inside:avoid}}
`

/** The vega-lite configuration that all figures share; colours are the page's variables. */
export const CONFIG = {
  background: 'transparent',
  font: 'system-ui, -apple-system, Segoe UI, Roboto, sans-serif',
  view: { stroke: 'transparent' },
  axis: {
    labelColor: 'var(--soft)',
    titleColor: 'var(--ink)',
    titleFontWeight: 500,
    titleFontSize: 12,
    labelFontSize: 11,
    gridColor: 'var(--line)',
    gridOpacity: 0.7,
    domainColor: 'var(--soft)',
    tickColor: 'var(--soft)',
  },
  header: { labelColor: 'var(--ink)', titleColor: 'var(--ink)', labelFontWeight: 600 },
  legend: { labelColor: 'var(--ink)', titleColor: 'var(--ink)' },
  title: { color: 'var(--ink)' },
}
