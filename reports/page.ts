import { markup } from './markup.ts';

/** The look that static pages share: light and dark, narrow screens, paper. */
const STYLE = `
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5a6472;--line:#d5dae2;--paper:#fff;--band:#f4f6f9;--link:#0b5cad;--pass:#15692d;--fail:#b42318;--warn:#8a5a00;--rest:#5a6472;--pass-paper:#e3f4e7;--fail-paper:#fde7e4;--warn-paper:#fbf0d5;--rest-paper:#eceff3}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#a3adbb;--line:#3a424e;--paper:#14181e;--band:#1c222a;--link:#7ab8ff;--pass:#6fd18a;--fail:#ff8a80;--warn:#f0c060;--rest:#a3adbb;--pass-paper:#15311d;--fail-paper:#431d1a;--warn-paper:#3a2d10;--rest-paper:#262d37}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1400px;margin:0 auto;padding:24px 20px}
h1{font-size:24px;line-height:1.25;margin:0 0 6px}
h2{font-size:18px;margin:28px 0 8px}
p{margin:6px 0}
a{color:var(--link)}
a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
code,.id{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.soft{color:var(--soft);font-weight:400}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:6px 10px;border-bottom:1px solid var(--line)}
thead th{background:var(--band)}
thead th,th[scope=row]{font-weight:600}
.mark{display:inline-block;padding:1px 8px;border-radius:10px;font-size:13px;text-decoration:none;white-space:nowrap}
.mark.pass{background:var(--pass-paper);color:var(--pass)}
.mark.fail{background:var(--fail-paper);color:var(--fail)}
.mark.warn{background:var(--warn-paper);color:var(--warn)}
.mark.rest{background:var(--rest-paper);color:var(--rest)}
a.mark{text-decoration:underline}
summary{cursor:pointer;padding:6px 0}
@media print{main{max-width:none;padding:0}.scroll{overflow:visible}tr{break-inside:avoid}}
@media (max-width:600px){main{padding:14px 12px}th,td{padding:5px 6px}}
`;

/** A page that loads nothing and runs nothing. `body` is markup. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="msrpspec">
<title>${markup(title, 200)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** The class that gives a verdict its colour. */
export function markOf(verdict: string): 'pass' | 'fail' | 'warn' | 'rest' {
  switch (verdict) {
    case 'pass':
      return 'pass';
    case 'fail':
    case 'error':
      return 'fail';
    case 'warn':
    case 'differs':
    case 'inconclusive':
    case 'known deviation':
      return 'warn';
    default:
      return 'rest';
  }
}

export const verdictMark = (verdict: string): string =>
  `<span class="mark ${markOf(verdict)}">${markup(verdict, 40)}</span>`;
