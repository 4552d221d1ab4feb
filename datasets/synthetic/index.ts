import { type Parameters, SHARED, type Values } from '../parameters.ts'
import { generate } from './generate.ts'
import { mixture, uniform as uniformLaw } from './laws.ts'

export const UNIFORM = {
  ...SHARED,
  models: { about: 'Models made; fewer need less memory.', initial: 3, min: 1, max: 3 },
  edit: {
    about: 'Length of the step from a revision to the next, as a share of the vector’s length.',
    initial: 0.1,
    min: 0,
    max: 10,
    whole: false,
  },
} as const satisfies Parameters

export const CLUSTERED = {
  ...UNIFORM,
  clusters: { about: 'Clusters, equally likely.', initial: 16, min: 1, max: 1e6 },
  spread: {
    about: 'Typical distance of two rows of a cluster, against that of two centres.',
    initial: 1,
    min: 0.001,
    max: 100,
    whole: false,
  },
  intrinsic: {
    about: 'Dimensions in which a cluster is wide; in the others it is a tenth as wide.',
    initial: 32,
    min: 1,
    max: 4096,
  },
} as const satisfies Parameters

export const DRIFTING = {
  ...CLUSTERED,
  drift: {
    about:
      'Quarter turns of every cluster’s centre from the first row to the last; after one it is elsewhere.',
    initial: 1,
    min: 0,
    max: 100,
    whole: false,
  },
} as const satisfies Parameters

export const uniform = (values: Values<typeof UNIFORM>) =>
  generate('uniform', uniformLaw, values, { clustered: false })

export const clustered = (values: Values<typeof CLUSTERED>) =>
  generate('clustered', mixture({ ...values, drift: 0 }), values, { clustered: true })

export const drifting = (values: Values<typeof DRIFTING>) =>
  generate('drifting', mixture(values), values, { clustered: true })
