import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { jsonSchema } from '../scenario/json-schema.ts';
import { scenarioFolder } from './paths.ts';

/** `msrpspec schema`: the JSON Schema of scenario files, for editors. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of scenario files')
    .option('--write', 'write it to scenarios/schema.json instead')
    .action(({ write }: { write?: true }) => {
      const text = `${JSON.stringify(jsonSchema(), undefined, 2)}\n`;
      if (write === true) writeFileSync(join(scenarioFolder, 'schema.json'), text);
      else process.stdout.write(text);
    });
}
