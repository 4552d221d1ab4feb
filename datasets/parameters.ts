import { problem } from '../harness/errors.ts'

/** One number that a dataset takes. */
export interface Parameter {
  readonly about: string
  /** Taken if none is given; null where the dataset derives it, as `about` says. */
  readonly initial: number | null
  readonly min: number
  readonly max: number
  /** Whole numbers only, unless false. */
  readonly whole?: boolean
}

export type Parameters = Readonly<Record<string, Parameter>>

/** What `readParameters` yields: null only where the initial value is null. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: null extends P[K]['initial'] ? number | null : number
}

/**
 * The values of a dataset's parameters, with the initial ones filled in.
 * Throws DATASET_PARAMETER_UNKNOWN or DATASET_PARAMETER, naming the parameter, what was found and what is allowed.
 */
export const readParameters = <P extends Parameters>(
  dataset: string,
  parameters: P,
  given: Readonly<Record<string, string | number | undefined>>,
): Values<P> => {
  for (const [parameter, found] of Object.entries(given)) {
    if (found === undefined || Object.hasOwn(parameters, parameter)) continue
    const known = Object.keys(parameters).join(', ')
    throw problem('DATASET_PARAMETER_UNKNOWN', { dataset, parameter, found, known })
  }
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const found = given[name] ?? parameter.initial
    if (found === null || allows(parameter, found)) return [name, found]
    throw problem('DATASET_PARAMETER', {
      dataset,
      parameter: name,
      found: JSON.stringify(found),
      allowed: allowed(parameter),
    })
  })
  return Object.fromEntries(values)
}

/** What a parameter accepts, in words. */
const allowed = ({ min, max, whole = true }: Parameter): string =>
  `${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`

const allows = ({ min, max, whole = true }: Parameter, found: string | number): boolean =>
  typeof found === 'number' && found >= min && found <= max && (!whole || Number.isInteger(found))

/** Parameters that several datasets share, with the same meaning everywhere. */
export const SHARED = {
  rows: { about: 'Rows.', initial: 30_000, min: 1, max: 1e8 },
  dimensions: { about: 'Dimensions of model 1.', initial: 128, min: 2, max: 4096 },
  queries: { about: 'Queries, held out.', initial: 500, min: 1, max: 1e6 },
  revisions: { about: 'Versions of each row as it is edited.', initial: 1, min: 1, max: 100 },
  seed: { about: 'What the random numbers start from.', initial: 1, min: 0, max: 2 ** 53 - 1 },
  dimensions2: {
    about: 'Dimensions of model 2; those of model 1 if not given.',
    initial: null,
    min: 2,
    max: 4096,
  },
  dimensions3: {
    about: 'Dimensions of model 3; three quarters of those of model 1 if not given.',
    initial: null,
    min: 2,
    max: 4096,
  },
  noise: {
    about:
      'How far models 2 and 3 are from a rotation of model 1, as a share of the vector’s length.',
    initial: 0.1,
    min: 0,
    max: 10,
    whole: false,
  },
} as const satisfies Parameters
