import { BOUNDS, type Histogram } from './histogram.ts'

/** The text format 0.0.4 of Prometheus. */
type Kind = 'counter' | 'gauge' | 'histogram'
export type Sample = readonly [labels: string, value: number, suffix?: string]

export const family = (
  name: string,
  kind: Kind,
  help: string,
  samples: readonly Sample[],
): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${kind}`,
    ...samples.map(([labels, value, suffix = '']) => `${name}${suffix}${labels} ${value}`),
    '',
  ].join('\n')

export const one = (name: string, kind: Kind, help: string, value: number): string =>
  family(name, kind, help, [['', value]])

/** Values are of the server's own making: routes, states, names of collections. None needs escaping. */
export const labels = (of: Readonly<Record<string, string | number>>): string =>
  `{${Object.entries(of).map(([key, value]) => `${key}="${value}"`)}}`

export const histogram = (
  name: string,
  help: string,
  { counts, sum }: Histogram['state'],
): string => {
  let below = 0
  const buckets = counts.map((count, i): Sample => {
    below += count
    return [labels({ le: BOUNDS[i] ?? '+Inf' }), below, '_bucket']
  })
  return family(name, 'histogram', help, [...buckets, ['', sum, '_sum'], ['', below, '_count']])
}
