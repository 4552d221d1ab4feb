import type { RunData } from '../../harness/model/index.ts'

/** What a run that was read holds: operations, events and hits, and the bytes of each. */
export const held = ({ trace: { ops }, history }: RunData): string => {
  const { hitIds, hitVersions, ...ofEvents } = history
  const each = (bytes: number, count: number): string => (bytes / count).toFixed(1)
  const hits = bytesOf({ hitIds, hitVersions })
  return [
    `${ops.count} operations of ${each(bytesOf(ops), ops.count)} bytes`,
    `${history.count} events of ${each(bytesOf(ofEvents), history.count)}`,
    `${hitIds.length} hits of ${each(hits, hitIds.length)}`,
  ].join(', ')
}

/** Of the columns among these. */
export const bytesOf = (columns: object): number =>
  Object.values(columns).reduce(
    (sum: number, column) => sum + (ArrayBuffer.isView(column) ? column.byteLength : 0),
    0,
  )
