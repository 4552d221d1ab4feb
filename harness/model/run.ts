import type { Dataset } from './dataset.ts'
import type { Facts } from './engine.ts'
import type { After, History, Samples } from './event.ts'
import type { Trace } from './op.ts'
import type { Scenario } from './scenario.ts'

/** When the instrument was last held against engines whose truth is known, and what came out. Early records told no more than the first two. */
export interface Calibration {
  /** ISO 8601. */
  readonly when: string
  /** One sentence for people. */
  readonly outcome: string
  /** Of driftmark. */
  readonly version?: string
  readonly mode?: 'default' | 'full'
  readonly machine?: Manifest['host']
  /** It was the machine of the run that names it. */
  readonly here?: boolean
  /** Claims that were judged, that were outside the allowed error, and that could not be told. */
  readonly lines?: number
  readonly outside?: number
  readonly unsure?: number
}

/** manifest.json: complete before the first op. */
export interface Manifest {
  readonly format: 'driftmark-run/1'
  readonly id: string
  readonly scenario: Scenario
  readonly seed: number
  readonly trace: string
  readonly dataset: {
    readonly name: string
    readonly fingerprint: string
    /** The folder that relative paths of the scenario's dataset resolve against. */
    readonly base?: string
  }
  readonly target: {
    readonly label: string
    readonly adapter: string
    /** The adapter runs inside the harness: loaded by path. */
    readonly inProcess: boolean
    /** Started by this run, on this machine, and ended with it. */
    readonly launched: boolean
  }
  /** From `describe`: version, effective configuration, durability, acknowledgement. */
  readonly engine: Facts
  /** Which optional methods of Engine and Adapter are there. */
  readonly capabilities: readonly string[]
  readonly preloadedBy: 'bulkLoad' | 'upsert' | 'nothing'
  readonly driver: 'embedded' | 'k6'
  /** Threads that sent; absent in runs of before there could be several. */
  readonly senders?: number
  /** ISO 8601, for people only: nothing is computed from it. */
  readonly started: string
  /** The exact command that repeats this run. */
  readonly command: string
  readonly versions: { readonly driftmark: string; readonly node: string }
  readonly host: {
    readonly platform: string
    readonly cpu: string
    readonly cores: number
    readonly memoryBytes: number
  }
  /** What the last calibration that this account has a record of said, if there was one. */
  readonly calibration: Calibration | null
}

/** Everything an analysis may look at. */
export interface RunData {
  readonly manifest: Manifest
  readonly trace: Trace
  readonly history: History
  /** Null where the run ended before anything could be asked. */
  readonly after: After | null
  readonly samples: Samples
  readonly dataset: Dataset
}
