import type { Metric } from '../../harness/model/index.ts'
import type { Index, Quantization } from './options.ts'

/** A collection as SQL needs to know it. */
export interface Shape {
  readonly name: string
  readonly dimensions: number
  readonly metric: Metric
  readonly index: Index
  readonly quantization: Quantization
  /** With `bit`: candidates for each hit. */
  readonly oversampling: number
}

/** A name as an identifier; names hold no quotes (checkName). */
export const identifier = (name: string): string => `"${name}"`

/** The operator of a metric, and how its operator classes are called. */
export const METRICS = {
  l2: { operator: '<->', name: 'l2' },
  cosine: { operator: '<=>', name: 'cosine' },
  ip: { operator: '<#>', name: 'ip' },
} as const satisfies Record<Metric, { operator: string; name: string }>

/** What the index holds of a vector: an expression over one, and how two of them are compared. */
export const indexed = ({
  metric,
  quantization,
  dimensions,
}: Pick<Shape, 'metric' | 'quantization' | 'dimensions'>): {
  of(vector: string): string
  readonly operator: string
  readonly operatorClass: string
} => {
  const { operator, name } = METRICS[metric]
  if (quantization === 'bit')
    return {
      of: (vector) => `binary_quantize(${vector})::bit(${dimensions})`,
      operator: '<~>',
      operatorClass: 'bit_hamming_ops',
    }
  if (quantization === 'halfvec')
    return {
      of: (vector) => `${vector}::halfvec(${dimensions})`,
      operator,
      operatorClass: `halfvec_${name}_ops`,
    }
  return { of: (vector) => vector, operator, operatorClass: `vector_${name}_ops` }
}
