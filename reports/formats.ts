import { badge } from './badge.ts';
import { ctrf } from './ctrf.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import type { Reported } from './reported.ts';

/** A report as a file: what it is called where nobody says otherwise, and its text. */
export interface Format {
  readonly file: string;
  render(reported: Reported): string | Promise<string>;
}

export const FORMATS = {
  html: {
    file: 'report.html',
    // Of all formats this one alone needs a library: it is loaded when it is asked for.
    render: async ({ record, folder, catalogue }) =>
      (await import('./html/index.ts')).renderHtml(record, folder, catalogue),
  },
  junit: { file: 'junit.xml', render: junit },
  ctrf: { file: 'ctrf.json', render: ctrf },
  markdown: { file: 'summary.md', render: markdown },
  badge: { file: 'badge.svg', render: ({ record }) => badge(record) },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

export const isFormatName = (name: string): name is FormatName => Object.hasOwn(FORMATS, name);
