import type { Micros } from '../../harness/model/index.ts'
import { readJournal } from './journal.ts'
import type { Service } from './service.ts'
import type { Forgotten } from './truth.ts'

/** The exit code by which a process says that it crashed as it was told to. */
export const CRASHED = 113

/**
 * Carries out again what a journal holds, each request at its own instant; of the last `forgets` ms before the crash no
 * upsert and no delete. Returns what was forgotten, and when the first write came.
 */
export const takeUp = (
  service: Service,
  journal: string,
  forgets: number,
): { forgotten: Forgotten[]; firstWrite: Micros | null } => {
  const { requests, crashed } = readJournal(journal)
  const kept = crashed - 1000 * forgets
  const forgotten: Forgotten[] = []
  let firstWrite: Micros | null = null
  for (const { request, handled, received } of requests) {
    const isWrite = request.verb === 'upsert' || request.verb === 'delete'
    if (isWrite) firstWrite ??= handled
    const isForgotten = isWrite && handled > kept
    const { truth } = service({ request, received, handled, forgotten: isForgotten })
    if (!isForgotten) continue
    for (const line of truth?.(null) ?? []) {
      if (line.event !== 'upsert' && line.event !== 'delete') continue
      const isLost = line.event === 'upsert' && line.lost
      if (!line.happened || isLost) continue
      const version = line.event === 'upsert' ? line.version : null
      const { event: write, collection, id } = line
      forgotten.push({ write, collection, id, version, at: handled })
    }
  }
  return { forgotten, firstWrite }
}
