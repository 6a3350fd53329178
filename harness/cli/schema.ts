import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { jsonSchema } from '../scenario/json-schema.ts';
import { profileJsonSchema } from '../sut/profile/json-schema.ts';
import { profileFolder, scenarioFolder } from './paths.ts';

type Of = 'scenario' | 'profile';

/** `msrpspec schema`: the JSON Schemas of the files that people write, for editors. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of scenario files or profiles')
    .addOption(new Option('--of <kind>', 'of which files').choices(['scenario', 'profile']).default('scenario'))
    .option('--write', 'write both to scenarios/schema.json and fixtures/suts/schema.json instead')
    .addHelpText(
      'after',
      '\nExamples:\n  msrpspec schema > scenario.schema.json\n  msrpspec schema --of profile > profile.schema.json',
    )
    .action(({ of, write }: { of: Of; write?: true }) => {
      if (write !== true) process.stdout.write(textOf(of));
      else {
        writeFileSync(join(scenarioFolder, 'schema.json'), textOf('scenario'));
        writeFileSync(join(profileFolder, 'schema.json'), textOf('profile'));
      }
    });
}

const textOf = (of: Of): string =>
  `${JSON.stringify(of === 'scenario' ? jsonSchema() : profileJsonSchema(), undefined, 2)}\n`;
