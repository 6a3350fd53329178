import { z } from 'zod';
import { err, ok, type Result } from '../result.ts';
import type { Problem } from './problem.ts';
import { checkYaml, type YamlFile } from './yaml-file.ts';

/** One row: its id, and what stands for `{name}` in the scenario. */
export const rowsSchema = z
  .array(z.looseObject({ id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'an id is kebab-case') }))
  .min(1);

export interface RowVersion {
  /** Undefined: the file has no rows. */
  readonly row: string | undefined;
  readonly file: YamlFile<unknown>;
}

/** The scenarios that a file stands for: one for each of its rows, with the values of that row in their places. */
export function versionsOf(file: YamlFile<unknown>): Result<RowVersion[], Problem[]> {
  const { value } = file;
  if (!isMap(value) || value.rows === undefined) return ok([{ row: undefined, file }]);
  const { rows, ...rest } = value;
  const read = checkYaml(z.looseObject({ rows: rowsSchema }), file);
  if (!read.ok) return read;
  const problems: Problem[] = [];
  const ids = new Set<string>();
  for (const [i, { id }] of read.value.value.rows.entries()) {
    if (ids.has(id)) problems.push(file.problem(['rows', i, 'id'], `the row ${id} stands twice`));
    ids.add(id);
  }
  if (problems.length > 0) return err(problems);
  return ok(
    read.value.value.rows.map((row) => ({
      row: row.id,
      file: { value: withRow(rest, row), problem: file.problem },
    })),
  );
}

/** A text that is `{name}` alone becomes the value with its type; within a longer text the value stands as text. */
function withRow(content: unknown, row: Readonly<Record<string, unknown>>): unknown {
  if (typeof content === 'string') {
    const [, alone] = /^\{([a-z][a-z0-9-]*)\}$/.exec(content) ?? [];
    if (alone !== undefined && alone in row) return row[alone];
    return content.replace(/\{([a-z][a-z0-9-]*)\}/g, (whole, name: string) =>
      name in row ? String(row[name]) : whole,
    );
  }
  if (Array.isArray(content)) return content.map((one) => withRow(one, row));
  if (!isMap(content)) return content;
  return Object.fromEntries(Object.entries(content).map(([key, inner]) => [key, withRow(inner, row)]));
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
