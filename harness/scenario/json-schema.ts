import { z } from 'zod';
import { expectationSchema } from './expectation-schema.ts';
import { scenarioSchema } from './schema.ts';

/** Where a row of the scenario fills in what is expected. */
const FROM_A_ROW = { type: 'string', pattern: '^\\{[a-z][a-z0-9-]*\\}$' };

/** The scenario language as JSON Schema, from the one schema there is. */
export function jsonSchema(): unknown {
  const schema = z.toJSONSchema(scenarioSchema, {
    io: 'input',
    reused: 'ref',
    override: ({ zodSchema, jsonSchema: node }) => {
      if (zodSchema === expectationSchema && node.anyOf !== undefined) node.anyOf.push(FROM_A_ROW as typeof node);
    },
  });
  return { $id: 'scenario.schema.json', title: 'msrpspec scenario', ...schema };
}
