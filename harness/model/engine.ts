import type { Row } from './op.ts'
import type { IndexOptions, Metric } from './scenario.ts'
import type { Clock, Id } from './units.ts'

export type Stored = Row & { readonly vector: Float32Array }

/** What `open` is given: which collection, and what it must be like. */
export interface Collection {
  /** `[a-z][a-z0-9_]{0,62}`; anything else is refused. */
  readonly name: string
  readonly dimensions: number
  readonly metric: Metric
  readonly index: IndexOptions
  /** `default`, or a level that the engine names. */
  readonly consistency: string
  readonly durability: string
  /** How many sockets the adapter may open for this engine. */
  readonly connections: number
}

/** An open connection; what is optional is a capability: present or absent, never faked. */
export interface Engine {
  /** Resolves when acknowledged. A rejection is `unknown` unless the error says `outcome: 'fail'`; `refused` names rows surely refused. */
  upsert(rows: readonly Stored[], signal: AbortSignal): Promise<void>
  delete(ids: readonly Id[], signal: AbortSignal): Promise<void>
  /** Nearest first; the stored version travels back. */
  search(
    vector: Float32Array,
    k: number,
    signal: AbortSignal,
    effort?: number,
  ): Promise<readonly Hit[]>
  close(): Promise<void>
  bulkLoad?(batches: AsyncIterable<readonly Stored[]>, signal: AbortSignal): Promise<void>
  /** Only those found. */
  get?(ids: readonly Id[], signal: AbortSignal): Promise<readonly Hit[]>
  /** Same path and consistency as `search`, index off. */
  exact?(vector: Float32Array, k: number, signal: AbortSignal): Promise<readonly Hit[]>
  count?(signal: AbortSignal): Promise<number>
  /** Resolves when everything acknowledged is as searchable as it will become without further maintenance. */
  settle?(signal: AbortSignal): Promise<void>
  compact?(signal: AbortSignal): Promise<void>
  stats?(): Promise<Record<string, number>>
  /** Did the index under test answer? */
  plan?(): Promise<'index' | 'exact' | 'partial'>
}

/** A hit may lack `version`: stale rows and update-to-visible are then not measurable. */
export interface Hit {
  readonly id: Id
  readonly version?: number
}

/** What an adapter may say of a failure; anything else it throws counts as `unknown` for writes, `fail` for searches. */
export interface EngineError extends Error {
  outcome?: 'fail' | 'unknown'
  refused?: readonly Id[]
  /** What cannot be as it was asked for: an option of the target, or what the scenario wants of a collection. */
  option?: string
}

/** An error that says: this surely did not happen. */
export const refusal = (
  message: string,
  more: { refused?: readonly Id[]; cause?: unknown } = {},
): EngineError =>
  Object.assign(new Error(message, 'cause' in more ? { cause: more.cause } : undefined), {
    outcome: 'fail' as const,
    ...(more.refused ? { refused: more.refused } : {}),
  })

/** What `describe` tells for the report: flat, printable, secrets redacted. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>

/** A throwaway local server: how to reach it, how to end it, and its process for CPU and memory gauges. */
export interface Launched<Options> {
  readonly options: Options
  readonly pid?: number
  stop(): Promise<void>
}

export interface Adapter<Options = unknown> {
  readonly name: string
  /** Throws an error that names the option. A bare name gives undefined, a URL a string, `:{…}` an object. */
  parse(options: unknown): Options
  /** Creates the collection if absent, else attaches. */
  open(options: Options, at: Collection, clock: Clock): Promise<Engine>
  drop?(options: Options, name: string): Promise<void>
  /** Points the alias at a collection, atomically; creates the alias if absent. */
  swap?(options: Options, alias: string, name: string): Promise<void>
  /**
   * Starts a throwaway local server below `dir`; throws a sentence that says what is missing if this machine cannot. `durability` is what
   * collections will be opened with, for a server that has to know when it starts.
   */
  launch?(dir: string, options: unknown, durability?: string): Promise<Launched<Options>>
  describe(options: Options, at?: Collection): Promise<Facts>
}
