import type { Findings } from '../harness/model/index.ts'
import { UNKNOWN } from './format.ts'

/** What stands beside every recall of a run whose searches scanned rows in place of the index under test; null where they did not. */
export const scanOf = ({ validity }: Pick<Findings, 'validity'>): string | null => {
  if (validity.exactScan) return 'exact scan'
  return validity.labels.some(({ code }) => code === 'partial-scan') ? 'partly exact scan' : null
}

/** A recall with the word for how it was found. */
export const scanned = (recall: string, scan: string | null | undefined): string =>
  scan && recall !== UNKNOWN ? `${recall} (${scan})` : recall

/** Paths of findings that are recalls, or made of them. */
const OF_RECALL = /^(?:phases\.[^.]+\.)?(?:recall|drift|loss|answerQuality)\b/

/** The value of a check, marked if it is one of a recall. */
export const scannedCheck = (limit: string, found: string, scan: string | null): string =>
  OF_RECALL.test(limit) ? scanned(found, scan) : found
