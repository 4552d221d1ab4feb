import { z } from 'zod'
import { refusalsOf } from '../options.ts'

export const { checkName, read, refuseOption } = refusalsOf('sim')

const chance = z.number().min(0).max(1)
const share = chance.default(0)
const milliseconds = z.number().min(0).max(3_600_000)
const above = milliseconds.positive()

/** How long something takes, in milliseconds, for each row by itself. */
const distribution = z
  .strictObject({
    fixed: milliseconds.optional(),
    /** Half stay below p50, 99 % below p99. */
    lognormal: z.strictObject({ p50: above, p99: above }).optional(),
    /** `share` of them take `slow`, the others `fast`. */
    bimodal: z.strictObject({ fast: milliseconds, slow: milliseconds, share: chance }).optional(),
    /** `base`, and `perWrite` for every row written to the collection in the second before (deletes too). */
    growing: z.strictObject({ base: milliseconds, perWrite: milliseconds }).optional(),
  })
  .refine(
    (given) => Object.keys(given).length === 1,
    'name one of fixed, lognormal, bimodal, growing',
  )
  .refine(
    ({ lognormal }) => !lognormal || lognormal.p99 >= lognormal.p50,
    'lognormal.p99 is below lognormal.p50',
  )

export type Distribution = z.output<typeof distribution>

const server = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  pid: z.int().positive().optional(),
})

const schema = z.strictObject({
  /** A running server; its flaws are its own. Null: none yet, `launch` starts one with the flaws below. */
  server: server.nullable().default(null),
  /** From the handling of an upsert to its visibility. */
  delay: distribution.default({ fixed: 0 }),
  /** From the handling of a delete to the row's disappearance. */
  deleteDelay: distribution.default({ fixed: 0 }),
  /** A write is acknowledged at once, when its rows are visible (its delete, gone), or so many ms after that. */
  acknowledge: z
    .union(
      [z.enum(['before', 'after']), z.strictObject({ after: milliseconds })],
      'neither before, after, nor { after: milliseconds }',
    )
    .default('before'),
  /** Share of upserts acknowledged and thrown away: never visible, never found by id. */
  lost: share,
  /** Share of deletes whose row goes on being returned, until its id is written again or `compact`. */
  ghosts: share,
  /** Share of deletes whose row is gone and, `after` ms later, returned again, until its id is written or `compact`. */
  returns: z.strictObject({ share: chance, after: milliseconds }).nullable().default(null),
  /** Share of upserts that no search finds for `for` ms, from `after` ms after they became visible. */
  flicker: z
    .strictObject({ share: chance, after: milliseconds, for: above })
    .nullable()
    .default(null),
  /** Share of updates whose old version goes on being returned beside the new one, until the next write or `compact`. */
  stale: share,
  /** Share of upserts that only `exact` finds, until `compact`: stored, but out of the index's reach. */
  unreachable: share,
  /** Probability that a search leaves a row out; the next one takes its place. */
  missing: share,
  /** What a turnover of 1 (turnover.ts) adds to that probability, until a bulk load or `compact`. */
  missingPerTurnover: z.number().min(0).max(100).default(0),
  /** Probability that a place of an answer stays empty. */
  short: share,
  /** Probability that a place of an answer, the first excepted, holds a copy of the place before. */
  duplicates: share,
  /** Probability that the rows of an answer come in a drawn order. */
  shuffled: share,
  /** No answer is longer than this, whatever k. */
  clip: z.int().positive().nullable().default(null),
  /** The nearest row is never left out: a row asked for with its own vector does not flicker. Mean recall is then 1 − missing·(k−1)/k. */
  spareNearest: z.boolean().default(true),
  /**
   * Nothing is handled for `for` ms from every multiple of `every` ms (the first excepted) since the server's start, or
   * since its first write (bulk loads do not count); then the queue is.
   */
  stall: z
    .strictObject({
      every: above,
      for: above,
      from: z.enum(['start', 'firstWrite']).default('start'),
    })
    .refine((stall) => stall.for < stall.every, '`for` must be below `every`')
    .nullable()
    .default(null),
  /** One queue, one server, 1/perSecond for each upsert, delete and search: request i is handled at max(arrival of i, end of i − 1) + 1/perSecond. */
  capacity: z
    .strictObject({ perSecond: z.number().positive().max(1e6) })
    .nullable()
    .default(null),
  /** Share of upserts, deletes and searches answered by an error: `fail` did not happen; of the `unknown`, half did. */
  errors: z
    .strictObject({ fail: share, unknown: share })
    .refine(({ fail, unknown }) => fail + unknown <= 1, 'fail and unknown exceed 1')
    .default({ fail: 0, unknown: 0 }),
  /** Share of upserts, deletes and searches that are never answered; half of the writes happen. */
  timeouts: share,
  /** Share of upserts, deletes and searches that are carried out in time and answered `by` ms later. */
  late: z.strictObject({ share: chance, by: above }).nullable().default(null),
  /**
   * `at` ms after the first write the process ends; `down` ms later, or as soon as a new one is ready, it listens on the
   * same port again, without the upserts and deletes of the last `forgets` ms.
   */
  crash: z
    .strictObject({ at: above, down: milliseconds, forgets: milliseconds })
    .nullable()
    .default(null),
  seed: z.int().min(0).default(1),
  /** A file of JSON lines: what truly became of every write (truth.ts). A relative path stands below the launch folder. */
  log: z.string().min(1).nullable().default(null),
  /** Write searches into it too. */
  logSearches: z.boolean().default(false),
})

/** Options of the sim, every one filled in. Parsing them again gives the same. */
export type SimOptions = z.output<typeof schema>
export type Address = z.output<typeof server>

const ADDRESS = /^([^:/]+):(\d{1,5})$/

/** Reads nothing (a sim without flaws), `host:port` of a running server, or an object; an error names the option. */
export const parseOptions = (options: unknown): SimOptions =>
  read(schema, typeof options === 'string' ? { server: parseAddress(options) } : (options ?? {}))

const parseAddress = (text: string): { host: string; port: number } => {
  const match = ADDRESS.exec(text)
  if (!match) throw refuseOption('server', `"${text}" is not host:port`)
  return { host: match[1]!, port: Number(match[2]) }
}
