/** Exit codes of the command line (BSD sysexits where they fit). */
export const EXIT = { pass: 0, failed: 1, unknown: 2, usage: 64, unreachable: 69, bug: 70 } as const

interface Entry {
  readonly exit: number
  /** One sentence with the place and the cure. `{name}` is filled from the values. */
  readonly sentence: string
}

/** Every error a person can meet, by code. docs/errors.md explains each; a test holds the two together. */
export const ERRORS = {
  // command line
  USAGE: { exit: EXIT.usage, sentence: '{what}; see driftmark {verb} --help.' },
  TARGET_SYNTAX: {
    exit: EXIT.usage,
    sentence:
      'The target "{target}" cannot be read: {why}; write [label@]name[=url | :json] or [label@]path.ts[:json].',
  },
  TARGET_UNKNOWN: {
    exit: EXIT.usage,
    sentence: 'There is no adapter "{name}"; there are {known}, or a path to one of your own.',
  },
  TARGET_ADAPTER: {
    exit: EXIT.usage,
    sentence:
      'The adapter {name} cannot be used: {why}; its default export needs name, parse, open and describe.',
  },
  TARGET_OPTIONS: {
    exit: EXIT.usage,
    sentence: 'The target {target} refuses what it is given: {why}',
  },
  TARGET_UNREACHABLE: {
    exit: EXIT.unreachable,
    sentence: 'The target {target} cannot be reached: {why}',
  },
  WASM_MISSING: {
    exit: EXIT.usage,
    sentence: 'The module {path} has not been compiled in this checkout: run npm run wasm.',
  },
  // scenario
  SCENARIO_FILE: { exit: EXIT.usage, sentence: 'The scenario {file} cannot be read: {why}.' },
  SCENARIO_INVALID: { exit: EXIT.usage, sentence: 'The scenario cannot be used:\n{problems}' },
  SCENARIO_ROWS: {
    exit: EXIT.usage,
    sentence:
      'The scenario {scenario} needs {needed} rows, but the dataset {dataset} has {rows}: set dataset.rows to {needed}, or insert less.',
  },
  SCENARIO_DATASET: {
    exit: EXIT.usage,
    sentence: 'The scenario {scenario} does not go with the dataset {dataset}: {why}.',
  },
  SCENARIO_PICK: {
    exit: EXIT.usage,
    sentence:
      'In phase {phase}, {count} {what} requests find no row to take before the phase ends: {why}; preload more rows, shorten rest, or give {what} less weight.',
  },
  SCENARIO_REEMBED: {
    exit: EXIT.usage,
    sentence:
      'The re-embedding does not fit its phases: {count} rows are left when they end; {cure}.',
  },
  SCENARIO_DROP: {
    exit: EXIT.usage,
    sentence:
      'The first collection is dropped {drop} s into the workload, before the swap that is due at {swap} s: drop it later.',
  },
  SCENARIO_QUANTILE: {
    exit: EXIT.usage,
    sentence:
      'The limit "{limit}" needs {needed} probed writes of its kind, and the trace has {probed}: {cure}.',
  },
  RUNBOOK_FILE: { exit: EXIT.usage, sentence: 'The runbook {file} cannot be read: {why}.' },
  RUNBOOK_INVALID: { exit: EXIT.usage, sentence: 'The runbook cannot be played:\n{problems}' },
  RUNBOOK_NAME: {
    exit: EXIT.usage,
    sentence:
      'The runbook {file} has {found}; it has {known}: choose one with --dataset-name, or the key runbook.name.',
  },
  IMPORT_KIND: {
    exit: EXIT.usage,
    sentence:
      'The file {file} is of no kind that is read; these are: {known}. Vectors are no matter of import: driftmark dataset FILE describes them, and a scenario names them under dataset.',
  },
  IMPORT_FILE: { exit: EXIT.usage, sentence: 'The file {file} cannot be read: {why}.' },
  OTHERS_FILE: {
    exit: EXIT.usage,
    sentence: 'The results in {file} are refused at {place}: {why}.',
  },
  TRUTH_FILE: {
    exit: EXIT.usage,
    sentence: 'The truth {file} is refused at byte {offset}: {why}.',
  },
  RUN_FOLDER: {
    exit: EXIT.usage,
    sentence:
      '{folder} is no run folder: it has no manifest.json; name a folder that driftmark run wrote.',
  },
  DATASET_CHANGED: {
    exit: EXIT.usage,
    sentence:
      'The dataset of {folder} has changed since the run: its fingerprint is {found}, the run had {expected}; bring back the data it ran on.',
  },
  FINDINGS_DAMAGED: {
    exit: EXIT.usage,
    sentence:
      'The findings in {file} cannot be read: {why}; compute them again with driftmark analyse.',
  },
  TRACES_DIFFER: {
    exit: EXIT.usage,
    sentence:
      'The runs cannot stand side by side: {first} and {other} played different traces; run the same scenario, dataset and seed on each target.',
  },
  OUT_FILE: {
    exit: EXIT.usage,
    sentence: '{path} cannot be written: {why}; name another place with --out.',
  },
  // exchange with other tools
  OUT_EXISTS: {
    exit: EXIT.usage,
    sentence: 'The file {file} is there already: name another with --out, or remove it.',
  },
  EXPORT_EXISTS: {
    exit: EXIT.usage,
    sentence: 'The folder {folder} holds files already: name another with --out, or empty it.',
  },
  EXPORT_IMPOSSIBLE: {
    exit: EXIT.usage,
    sentence: 'The run cannot be written as {format}: {why}; export it as csv or parquet instead.',
  },
  EXPORT_UNDETERMINED: {
    exit: EXIT.usage,
    sentence:
      'The run does not tell what was live {where}: {why}; say --assume applied or --assume ignored, and the export will say so too.',
  },
  // datasets
  DATASET_UNKNOWN: {
    exit: EXIT.usage,
    sentence: 'There is no dataset "{name}"; there are {known}, or files by path and queries.',
  },
  DATASET_PARAMETER_UNKNOWN: {
    exit: EXIT.usage,
    sentence: 'The dataset {dataset} has no parameter "{parameter}" ({found}); it has {known}.',
  },
  DATASET_PARAMETER: {
    exit: EXIT.usage,
    sentence:
      'The parameter "{parameter}" of the dataset {dataset} is {found}; allowed is {allowed}.',
  },
  DATASET_TOO_LARGE: {
    exit: EXIT.usage,
    sentence:
      'A matrix of {count} × {dimensions} needs {gigabytes} GiB of memory in one piece, which this machine does not give; lower rows, revisions, dimensions or models.',
  },
  DATASET_PACKAGES: {
    exit: EXIT.usage,
    sentence:
      'The dataset readmes reads the package {package}, which is not installed ({path}); run npm ci.',
  },
  DATASET_FILE: {
    exit: EXIT.usage,
    sentence: 'The file {file} is refused at row {row}, byte {offset}: {why}.',
  },
  DATASET_PACKED: {
    exit: EXIT.usage,
    sentence: 'The dataset {file} is refused at {place}: {why}.',
  },
  // run folder and driver
  RUN_FILE_MISSING: {
    exit: EXIT.usage,
    sentence: 'The run has no readable {path}: {why}; name a folder that driftmark run wrote.',
  },
  RUN_FILE_DAMAGED: {
    exit: EXIT.usage,
    sentence: 'The file {path} is damaged at byte {at}: {why}; repeat the run.',
  },
  PRELOAD_FAILED: {
    exit: EXIT.unreachable,
    sentence: 'The rows could not be loaded into collection {name}: {why}',
  },
  NOT_ANSWERED: {
    exit: EXIT.unreachable,
    sentence: 'The target did not answer within {seconds} s: {what}.',
  },
  SENDER_ENDED: {
    exit: EXIT.bug,
    sentence: 'The thread that sends the operations has ended: {why}',
  },
  BUG: {
    exit: EXIT.bug,
    sentence: 'This is a bug of driftmark: {what}. Please report it with the trace below.',
  },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof ERRORS

/** An error a person can act on: its code, its sentence, its exit code. */
export interface DriftmarkError extends Error {
  readonly code: ErrorCode
  readonly exit: number
}

/** What the operating system says of a file, in words. */
const OF_FILES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'it is there already',
  ENAMETOOLONG: 'its name is too long',
}

/** A value of a sentence; where it is the operating system's message about a file, in words. */
const worded = (value: string | number | undefined, cause: unknown): string | undefined =>
  cause instanceof Error && 'code' in cause && typeof value === 'string'
    ? value.replace(cause.message, () => OF_FILES[String(cause.code)] ?? cause.message)
    : value?.toString()

/** Builds the error of a code; `values` fill the places of its sentence. The cause is kept. */
export const problem = (
  code: ErrorCode,
  values: Readonly<Record<string, string | number>>,
  cause?: unknown,
): DriftmarkError => {
  const { exit, sentence } = ERRORS[code]
  const text = sentence.replace(
    /\{(\w+)\}/g,
    (place, name: string) => worded(values[name], cause) ?? place,
  )
  const error = new Error(text, cause === undefined ? undefined : { cause })
  return Object.assign(error, { name: 'DriftmarkError', code, exit })
}

/** Was this error built by `problem`? */
export const isProblem = (error: unknown): error is DriftmarkError =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code in ERRORS

/** An error of writing to `path`: OUT_FILE where the operating system refused, else the error as it is. */
export const unwritable = (path: string, error: unknown): unknown =>
  error instanceof Error && 'syscall' in error
    ? problem('OUT_FILE', { path, why: absent(error) ?? error.message }, error)
    : error

const absent = (error: Error): string | null =>
  'code' in error && error.code === 'ENOENT' ? 'its folder does not exist' : null
