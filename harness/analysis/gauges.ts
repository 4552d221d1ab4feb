import type { Samples } from '../model/index.ts'

/** The last value of each gauge: what a gauge that accumulates says of the whole run. */
export const lastValues = (samples: Samples): ReadonlyMap<string, number> => {
  const last = new Map<string, { at: number; value: number }>()
  for (let i = 0; i < samples.count; i++) {
    const name = samples.names[samples.name[i]!]!
    const at = samples.at[i]!
    if (at >= (last.get(name)?.at ?? -Infinity)) last.set(name, { at, value: samples.value[i]! })
  }
  return new Map([...last].map(([name, { value }]) => [name, value]))
}

/** Every value of each gauge whose name matches. */
export const valuesOf = (
  samples: Samples,
  name: RegExp,
): ReadonlyMap<string, readonly number[]> => {
  const values = new Map<string, number[]>()
  for (let i = 0; i < samples.count; i++) {
    const found = samples.names[samples.name[i]!]!
    if (!name.test(found)) continue
    const list = values.get(found)
    if (list) list.push(samples.value[i]!)
    else values.set(found, [samples.value[i]!])
  }
  return values
}
