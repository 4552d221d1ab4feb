import type { Id, Stored } from '../../harness/model/index.ts'
import { identifier, indexed, METRICS, type Shape } from './shape.ts'

/*
 * Every request carries its values as literals and goes out as one message of the simple query protocol. PGlite behind
 * a socket is one backend that takes message by message from all its connections: the messages of extended queries
 * (parse, bind, execute) of two connections would mix. A real server plans such a statement anew each time, as it does
 * an unnamed prepared one: a growing table is never asked by the plan of a small one.
 */

/** The setting that a search's effort stands for. */
export const EFFORT = { hnsw: 'hnsw.ef_search', 'ivf-flat': 'ivfflat.probes' } as const

/**
 * pgvector's text form. Nine significant digits name one float32 exactly (IEEE 754-2019, 5.12.2), and are shorter than
 * what join prints.
 */
export const vectorText = (vector: Float32Array): string => {
  let text = ''
  for (let i = 0; i < vector.length; i++)
    text += `${i === 0 ? '' : ','}${vector[i]!.toPrecision(9)}`
  return `[${text}]`
}

export const upsert = (name: string, rows: readonly Stored[]): string =>
  `INSERT INTO ${identifier(name)} (id, version, embedding) VALUES ${rows
    .map(({ id, version, vector }) => `(${id},${version},'${vectorText(vector)}')`)
    .join(
      ',',
    )} ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, embedding = EXCLUDED.embedding`

export const remove = (name: string, ids: readonly Id[]): string =>
  `DELETE FROM ${identifier(name)} WHERE id = ANY('{${ids.join(',')}}'::bigint[])`

export const get = (name: string, ids: readonly Id[]): string =>
  `SELECT id, version FROM ${identifier(name)} WHERE id = ANY('{${ids.join(',')}}'::bigint[])`

export const count = (name: string): string => `SELECT count(*) FROM ${identifier(name)}`

export interface Ask {
  readonly vector: Float32Array
  readonly k: number
  /** hnsw.ef_search or ivfflat.probes of this statement alone. */
  readonly effort?: number | undefined
}

/**
 * Nearest first. The effort is set where the statement computes what it orders by: the executor does that before the
 * index scan begins, and `is_local` ends the setting with the statement's own transaction. One round trip, no leak to
 * the next search, nor to the other connections of PGlite's one backend. Bits tell too little: their candidates are
 * ordered anew by their float32 vectors, as pgvector's manual advises.
 */
export const search = (shape: Shape, { vector, k, effort }: Ask): string => {
  const { name, index, quantization, oversampling } = shape
  const { of, operator } = indexed(shape)
  const given = `'${vectorText(vector)}'::vector`
  const target = of(given)
  const asked =
    effort === undefined || index.kind === 'exact'
      ? target
      : `(SELECT ${target} FROM set_config('${EFFORT[index.kind]}', '${effort}', true))`
  const order = `ORDER BY ${parenthesised(of('embedding'))} ${operator} ${asked}`
  if (quantization !== 'bit')
    return `SELECT id, version FROM ${identifier(name)} ${order} LIMIT ${k}`
  const candidates = `SELECT id, version, embedding FROM ${identifier(name)} ${order} LIMIT ${k * oversampling}`
  return `SELECT id, version FROM (${candidates}) AS candidates ORDER BY ${byFloats(shape, given)} LIMIT ${k}`
}

/** The same, ordered by an expression that no index holds. */
export const exactSearch = (shape: Shape, { vector, k }: Ask): string =>
  `SELECT id, version FROM ${identifier(shape.name)} ORDER BY (${byFloats(shape, `'${vectorText(vector)}'::vector`)}) + 0 LIMIT ${k}`

const byFloats = ({ metric }: Shape, given: string): string =>
  `embedding ${METRICS[metric].operator} ${given}`

const parenthesised = (text: string): string => (text.includes('::') ? `(${text})` : text)
