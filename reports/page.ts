import { pageStyle } from './html/page-files.ts';
import { markup } from './markup.ts';

/** What a page is made of: `policy` is its content security policy, `body` markup. */
interface PageParts {
  readonly title: string;
  readonly policy: string;
  readonly body: string;
}

/** An HTML document that loads nothing from elsewhere, in the look of all reports. */
export const htmlPage = ({ title, policy, body }: PageParts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="msrpspec">
<title>${markup(title, 200)}</title>
<style>${pageStyle()}</style>
</head>
<body>
${body}
</body>
</html>
`;

/** A page that runs nothing. `body` is markup. */
export const staticPage = (title: string, body: string): string =>
  htmlPage({
    title,
    policy: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    body: `<main class="static">\n${body}\n</main>`,
  });

/** A verdict in its colour, with its sign. */
export const verdictMark = (verdict: string): string =>
  `<span class="v" data-v="${markup(verdict, 40)}">${markup(verdict, 40)}</span>`;
