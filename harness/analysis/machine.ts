import type { Machine, Samples, Usage } from '../model/index.ts'

/** What a window of a run says of the machine, in cores. */
type Window = Readonly<Record<string, number>>

/**
 * Who used the processors, in cores, over the seconds of a run: from the gauges `harness.cpu` (all its threads), `engine.cpu`,
 * `machine.cpu` and `machine.stolen`, each of one window. Others = the machine less harness and engine. Null where no gauge tells.
 */
export const machineOf = (samples: Samples): Machine | null => {
  const windows = windowsOf(samples)
  const usage = (of: (window: Window) => number | undefined): Usage | null => {
    const shares = windows.map(of).filter((share) => share !== undefined)
    if (shares.length === 0) return null
    const sum = shares.reduce((total, share) => total + share, 0)
    return { mean: sum / shares.length, worst: Math.max(...shares) }
  }
  const harness = usage((window) => window['harness.cpu'])
  if (harness === null) return null
  return {
    harness,
    engine: usage((window) => window['engine.cpu']),
    others: usage(othersIn),
    stolen: usage((window) => window['machine.stolen']),
  }
}

/** The clocks of processes and machine tick apart: what is left may come out a little below nothing. */
const othersIn = (window: Window): number | undefined => {
  const { 'machine.cpu': all, 'harness.cpu': harness = 0, 'engine.cpu': engine = 0 } = window
  return all === undefined ? undefined : Math.max(0, all - harness - engine)
}

const windowsOf = (samples: Samples): readonly Window[] => {
  const windows = new Map<number, Record<string, number>>()
  for (let i = 0; i < samples.count; i++) {
    const name = samples.names[samples.name[i]!]!
    if (!/^(?:harness|engine|machine)\.(?:cpu|stolen)$/.test(name)) continue
    const at = samples.at[i]!
    const window = windows.get(at) ?? {}
    window[name] = samples.value[i]!
    windows.set(at, window)
  }
  return [...windows.values()]
}
