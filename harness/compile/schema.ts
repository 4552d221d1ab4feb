import { z } from 'zod'
import { DURATION, duration, RATE, rate, SHARE, share } from './quantity.ts'

/*
 * Every message says what is allowed, and nothing else: the reader of the file adds place, key and what was found.
 * The message of an unknown key is the list of known keys.
 */
const table = <Shape extends z.ZodRawShape>(shape: Shape, what = 'a map') =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : what),
  })

const quantity = (
  pattern: RegExp,
  parse: (text: string) => number,
  allowed: string,
  possible: (value: number) => boolean,
) =>
  z
    .string({ error: allowed })
    .regex(pattern, { error: allowed, abort: true })
    .refine((text) => possible(parse(text)), { error: allowed })
    .transform(parse)
    .describe(allowed)

const positive = (value: number) => value > 0
const any = () => true

const time = quantity(
  DURATION,
  duration,
  'a time above 0 with its unit (us, ms, s, m, h), such as 30s',
  positive,
)
const instant = quantity(
  DURATION,
  duration,
  'a time with its unit (us, ms, s, m, h), such as 30s',
  any,
)
const perSecond = quantity(RATE, rate, 'a rate above 0 with its unit, such as 200/s', positive)
const part = quantity(SHARE, share, 'a share from 0% to 100%, such as 15%', (value) => value <= 1)
const multiple = quantity(SHARE, share, 'a multiple above 0%, such as 400%', positive)

const whole = (least: number) => {
  const error = `a whole number, ${least} or more`
  return z.int({ error }).min(least, { error }).describe(error)
}
const text = (allowed: string, pattern = /\S/) =>
  z.string({ error: allowed }).regex(pattern, { error: allowed }).describe(allowed)
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: words.join(' | ') })
const yesNo = z.boolean({ error: 'true | false' })
const weight = z.number({ error: 'a weight, 0 or more' }).min(0, { error: 'a weight, 0 or more' })

const arrivals = z.union(
  [
    oneOf(['poisson', 'even']),
    table({ every: time, for: time, rate: perSecond }, 'poisson | even | { every, for, rate }'),
  ],
  { error: 'poisson | even | { every: 10s, for: 2s, rate: 2000/s }' },
)

const writes = table({
  rate: perSecond.describe('rows a second, whatever the batch'),
  batch: whole(1).default(1),
  arrivals: arrivals.default('poisson'),
  mix: table({ insert: weight.default(0), update: weight.default(0), delete: weight.default(0) })
    .refine(({ insert, update, delete: remove }) => insert + update + remove > 0, {
      error: 'at least one weight above 0',
    })
    .default({ insert: 1, update: 0, delete: 0 }),
  pick: oneOf(['uniform', 'zipf', 'oldest', 'newest', 'cluster']).default('uniform'),
  rest: instant.optional(),
})

const searches = table({
  rate: perSecond,
  arrivals: arrivals.default('poisson'),
  pick: oneOf(['uniform', 'zipf', 'each']).default('uniform'),
})

const control = table({
  at: instant,
  do: oneOf(['compact', 'checkpoint', 'create', 'swap', 'drop']),
})

const PHASE_NAME = 'a name of letters, digits, spaces, _ and -, a letter first'
const phase = table({
  name: text(PHASE_NAME, /^[A-Za-z][A-Za-z0-9 _-]*$/),
  for: time,
  measured: yesNo.default(true),
  writes: writes.nullable().default(null),
  searches: searches.nullable().default(null),
  control: z.array(control, { error: 'a list of { at, do }' }).default([]),
})

const DATASET =
  '{ name: … } of the catalog with its parameters, { path: …, queries: … } or { file: … }'
const parameter = z.union([z.string(), z.number()], { error: 'a word or a number' })
const counts = {
  rows: whole(1).optional(),
  dimensions: whole(1).optional(),
  revisions: whole(1).optional(),
  seed: whole(0).optional(),
}
const dataset = z.union(
  [
    z
      .object({ name: text('a name of the catalog'), queries: whole(1).optional(), ...counts })
      .catchall(parameter),
    z.object({ file: text('an HDF5 file, or a folder of Parquet files') }).catchall(parameter),
    z
      .object({ path: text('a file of vectors'), queries: text('a file of queries'), ...counts })
      .catchall(parameter),
  ],
  { error: DATASET },
)

const index = z
  .object(
    { kind: oneOf(['hnsw', 'ivf-flat', 'ivf-pq', 'exact']).default('hnsw') },
    { error: 'a map with kind' },
  )
  .catchall(
    z.union([z.string(), z.number(), z.boolean()], { error: 'a word, a number, true or false' }),
  )

const client = table({
  timeout: time.default(30_000_000),
  inFlight: whole(1).default(20_000),
  connections: whole(1).default(16),
  consistency: text('default, or a level that the engine names').default('default'),
  durability: text('default, or a level that the engine names').default('default'),
})

const runbook = table({
  file: text('the path of a runbook'),
  name: text('a data set of the runbook').optional(),
  rate: perSecond.describe('rows a second, evenly, whatever the batch'),
  batch: whole(1).default(1),
  searches: searches.nullable().default(null),
})

const reembed = table({
  to: whole(2).default(2),
  style: oneOf(['in-place', 'blue-green']),
  rate: perSecond,
  at: instant.default(0),
  order: oneOf(['random', 'oldest', 'newest']).default('random'),
  queries: oneOf(['start', 'end']).default('end'),
})

const GROWTH = 'a factor from 1.01 to 10, such as 1.2'
const probes = table({
  share: part.default(0.15),
  first: time.default(1_000),
  growth: z
    .number({ error: GROWTH })
    .min(1.01, { error: GROWTH })
    .max(10, { error: GROWTH })
    .default(1.2),
  deadline: time.default(10_000_000),
  cap: multiple.default(4),
  watch: part.default(0.2),
  repeat: yesNo.default(false),
})

const checkpoints = table({
  every: time.optional().describe('absent: only where a control asks for one'),
  settle: instant.default(500_000),
  rate: perSecond.default(500),
  efforts: z.array(whole(1), { error: 'a list of whole numbers' }).default([]),
  rebuildControl: oneOf(['none', 'last', 'ends', 'all']).default('last'),
  rebuilds: whole(1).default(1),
})

/** A scenario file as it is written, `extends` apart. Parsing fills defaults in and resolves units. */
export const scenarioSchema = table({
  name: text('a name of small letters, digits and -', /^[a-z0-9][a-z0-9-]*$/),
  about: z.string({ error: 'one sentence' }).default(''),
  dataset,
  metric: oneOf(['l2', 'cosine', 'ip']).default('l2'),
  k: whole(1).default(10),
  index: index.prefault({}),
  preload: whole(0).default(0),
  client: client.prefault({}),
  phases: z
    .array(phase, { error: 'a list of phases' })
    .min(1, { error: 'at least one phase' })
    .optional(),
  runbook: runbook.optional(),
  reembed: reembed.nullable().default(null),
  probes: probes.nullable().default(null),
  checkpoints: checkpoints.nullable().default(null),
  limits: z
    .array(text('a limit, such as recall.live.low >= 0.90'), { error: 'a list of limits' })
    .default([]),
})

export type Parsed = z.output<typeof scenarioSchema>

/** JSON Schema (draft 2020-12) of a scenario file, for editors; committed as scenarios/scenario.schema.json. */
export const scenarioJsonSchema = (): Readonly<Record<string, unknown>> => {
  const { $schema, properties, ...rest } = z.toJSONSchema(scenarioSchema, { io: 'input' })
  return {
    $schema,
    title: 'driftmark scenario',
    ...rest,
    // A file that extends another may leave anything out.
    required: [],
    properties: {
      extends: { type: 'string', description: 'another scenario file; maps merge, lists replace' },
      ...properties,
    },
  }
}
