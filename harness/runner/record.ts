import { z } from 'zod';

/**
 * The run record `run.json`. It is a contract: reports render it, other programs read it. Additions are compatible;
 * anything else needs a new `format`.
 */

const verdict = z.enum(['pass', 'fail', 'differs', 'warn', 'inconclusive', 'unsupported', 'error']);

const findingSchema = z.object({
  requirement: z.string().describe('Requirement id of the catalogue'),
  level: z.enum(['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY', 'STATED']),
  verdict,
  message: z.string(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  step: z.string().optional(),
  rule: z.string().optional(),
  known: z.string().optional().describe('Reason, when the profile lists it as a known deviation'),
  evidence: z.array(z.int()).describe('Positions in the wire log'),
});

const comparedSchema = findingSchema.pick({
  verdict: true,
  message: true,
  expected: true,
  actual: true,
  step: true,
  evidence: true,
});

const repeatSchema = z.object({
  verdict,
  durationMs: z.number(),
  seed: z.string(),
  wireLog: z.string().optional().describe('Path of the wire log, relative to run.json, where it has been kept'),
  capture: z.string().optional().describe('Path of the capture, relative to run.json, where it has been kept'),
});

const partySchema = z.object({
  role: z.enum(['focus', 'client']),
  name: z.string().describe('Of a client: what the wire log calls it; of a focus: its room'),
  uri: z.string().optional(),
  at: z.array(z.string()).describe('Where it was, as far as it is known: host and port'),
});

const scenarioResultSchema = z.object({
  id: z.string(),
  title: z.string(),
  verdict,
  durationMs: z.number(),
  covers: z.array(z.string()),
  party: partySchema
    .optional()
    .describe('Of a capture: whom in it this result judges; each room makes one for its focus and one for each client'),
  known: z.string().optional().describe('Reason, when the profile lists this as a known deviation'),
  findings: z.array(findingSchema),
  compared: z
    .array(comparedSchema)
    .optional()
    .describe('Of a captured scenario: what came out as captured (pass) and what otherwise (differs)'),
  kept: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .describe('By rule: the requirements that it found kept, each of which is a pass'),
  wireLog: z
    .string()
    .optional()
    .describe('Path of the wire log, relative to run.json; the parties of one room in a capture share one'),
  capture: z.string().optional().describe('Path of the capture, relative to run.json'),
  leftOutOfCapture: z
    .int()
    .optional()
    .describe('Octets that passed when the capture was as large as a capture may become'),
  repeats: z
    .array(repeatSchema)
    .optional()
    .describe('Each time it was played, if more than once; the rest of this result is that of the worst'),
});

const shardSchema = z.object({
  index: z.int().positive(),
  of: z.int().positive().max(9999),
  selected: z.int().nonnegative().describe('Scenarios in all shards together'),
});

const mergedSchema = z.object({
  started: z.string(),
  durationMs: z.number(),
  seed: z.string(),
  target: z.string(),
  argv: z.array(z.string()),
  shard: shardSchema.optional(),
  stopped: z.string().optional(),
});

const requirementResultSchema = z.object({
  id: z.string(),
  level: z.string(),
  testable: z.enum(['yes', 'partly', 'no']),
  verdict: z.enum(['pass', 'fail', 'warn', 'inconclusive', 'unsupported', 'untested', 'untestable']),
  by: z.array(z.string()).describe('Scenario or rule ids that judged it'),
  why: z.string().optional(),
});

export const runRecordSchema = z.object({
  format: z.literal('msrpspec-run/1'),
  tool: z.object({ name: z.literal('msrpspec'), version: z.string() }),
  started: z.string().describe('ISO 8601'),
  durationMs: z.number(),
  seed: z.string(),
  reading: z
    .enum(['tolerant', 'strict'])
    .optional()
    .describe('How the ambiguity lists were read; tolerant where absent'),
  argv: z.array(z.string()),
  shard: shardSchema.optional().describe('Which part of the selected scenarios this is'),
  merged: z.array(mergedSchema).optional().describe('The runs that this record has been put together from'),
  sut: z.object({
    name: z.string(),
    kind: z
      .enum(['built-in', 'address', 'command', 'container', 'capture'])
      .describe('capture: nothing was driven; the parties of a capture have been judged'),
    role: z.enum(['focus', 'participant']),
    target: z.string(),
    capabilities: z.array(z.string()),
    notServed: z.array(z.string()).optional().describe('Capabilities that its profile claims and it did not show'),
  }),
  stopped: z.string().optional().describe('Why the run ended before all scenarios had run'),
  deaths: z
    .array(z.object({ during: z.array(z.string()), how: z.string() }))
    .optional()
    .describe('How the SUT died, and which scenarios were under way; it was started again'),
  leftOut: z
    .array(z.string())
    .optional()
    .describe('Scenarios that were selected and not played, as they need simulated time'),
  stale: z
    .array(z.object({ requirement: z.string().optional(), scenario: z.string().optional(), reason: z.string() }))
    .optional()
    .describe('Known deviations of the profile that do not occur any more'),
  flaky: z.array(z.string()).optional().describe('Scenarios that did not come out the same each time'),
  load: z
    .object({
      rooms: z.int().describe('Rooms that were entered'),
      connections: z.int().describe('In all, whoever opened them'),
      peakConnections: z.int().describe('Open at the same time'),
      messages: z.int().describe('SIP and MSRP requests sent to the SUT'),
    })
    .optional()
    .describe('What the run has put on the SUT'),
  summary: z.object({
    pass: z.int(),
    fail: z.int(),
    differs: z.int().optional().describe('Captured scenarios that break no requirement and came out otherwise'),
    warn: z.int(),
    inconclusive: z.int(),
    unsupported: z.int(),
    error: z.int(),
    knownDeviation: z.int(),
    total: z.int(),
  }),
  scenarios: z.array(scenarioResultSchema),
  requirements: z.array(requirementResultSchema),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
export type ScenarioResult = z.infer<typeof scenarioResultSchema>;
export type Repeat = z.infer<typeof repeatSchema>;
export type ComparedRecord = z.infer<typeof comparedSchema>;
export type FindingRecord = z.infer<typeof findingSchema>;
export type RequirementResult = z.infer<typeof requirementResultSchema>;
