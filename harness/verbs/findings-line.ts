// Not by the index of reports: a line of text needs no chart library.
import { headline } from '../../reports/headline.ts'
import { findingsJson } from '../analysis/index.ts'
import type { Findings } from '../model/index.ts'
import type { Io } from './verb.ts'

/** Prints the findings: as one line of JSON for machines, or as a headline for people. */
export const findingsLine = (findings: Findings, json: boolean, io: Io): void => {
  if (json) io.out(JSON.stringify(JSON.parse(findingsJson(findings))))
  else io.say(headline(findings))
}
