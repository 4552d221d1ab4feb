import { exp, ln, type Rng, stream } from '../../harness/model/index.ts'

const LAYERS = 256
/** Where the tail begins, and the area of each layer, for 256 layers. */
const TAIL = 3.6541528853610088
const AREA = 0.00492867323399

const density = (x: number): number => exp((-x * x) / 2)

/** Right edges of the layers, widest first; the first is the width of a box with the area of bottom and tail together. */
const EDGES = new Float64Array(LAYERS + 1)
EDGES[0] = AREA / density(TAIL)
EDGES[1] = TAIL
for (let i = 1; i < LAYERS - 1; i++) {
  EDGES[i + 1] = Math.sqrt(-2 * ln(AREA / EDGES[i]! + density(EDGES[i]!)))
}
const HEIGHTS = EDGES.map(density)

/** A named stream whose `normal` is fast enough for 10⁸ numbers; the same bits on every machine. */
export const chance = (seed: number, ...name: readonly (string | number)[]): Rng => {
  const rng = stream(seed, ...name)
  return { ...rng, normal: ziggurat(rng) }
}

/**
 * Standard normal numbers by the ziggurat of Marsaglia and Tsang (2000): layer and place come from different bits, as
 * Doornik (2005) asks.
 */
const ziggurat = ({ uint32, uniform }: Rng) => {
  const inTail = (): number => {
    for (;;) {
      const x = -ln(1 - uniform()) / TAIL
      if (-2 * ln(1 - uniform()) >= x * x) return TAIL + x
    }
  }
  return (): number => {
    for (;;) {
      const bits = uint32()
      const layer = bits & (LAYERS - 1)
      const x = ((bits >> 8) / 0x800000) * EDGES[layer]!
      const size = Math.abs(x)
      if (size < EDGES[layer + 1]!) return x
      if (layer === 0) return x < 0 ? -inTail() : inTail()
      const low = HEIGHTS[layer]!
      if (low + uniform() * (HEIGHTS[layer + 1]! - low) < density(x)) return x
    }
  }
}
