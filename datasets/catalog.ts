import type { Dataset } from '../harness/model/index.ts'
import { DIGITS, digits } from './digits.ts'
import { type Parameters, readParameters, type Values } from './parameters.ts'
import { README_PARAMETERS, readmes } from './readmes/index.ts'
import { CLUSTERED, clustered, DRIFTING, drifting, UNIFORM, uniform } from './synthetic/index.ts'

/** A dataset that is known by name. */
export interface Entry {
  readonly about: string
  readonly parameters: Parameters
  /** Throws DATASET_PARAMETER or DATASET_PARAMETER_UNKNOWN. */
  open(given: Readonly<Record<string, string | number | undefined>>): Dataset
}

const entry = <P extends Parameters>(
  name: string,
  about: string,
  parameters: P,
  make: (values: Values<P>) => Dataset,
): [string, Entry] => [
  name,
  { about, parameters, open: (given) => make(readParameters(name, parameters, given)) },
]

/** Every dataset by name, with what it is and what it takes. */
export const CATALOG: Readonly<Record<string, Entry>> = Object.fromEntries([
  entry('clustered', 'A Gaussian mixture that stays as it is.', CLUSTERED, clustered),
  entry(
    'drifting',
    'A Gaussian mixture whose centres move: late rows lie elsewhere.',
    DRIFTING,
    drifting,
  ),
  entry('uniform', 'Uniform in a cube: the hardest case, without any structure.', UNIFORM, uniform),
  entry(
    'readmes',
    'Passages of the READMEs of the installed packages, asked for by headings; TF-IDF.',
    README_PARAMETERS,
    readmes,
  ),
  entry('digits', 'Handwritten digits of 8 × 8 pixels; a cluster is a digit.', DIGITS, digits),
])
