import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { page, type ReportInput } from '../../reports/index.ts'
import { analyse, findingsJson, readFindings } from '../analysis/index.ts'
import { hashTrace } from '../compile/index.ts'
import { readManifest, readRun } from '../drive/index.ts'
import { EXIT, isProblem, problem } from '../errors.ts'
import { readOthers } from '../exchange/index.ts'
import type { Dataset, Findings, Others, RunData } from '../model/index.ts'
import { inSmallHeap } from './heap.ts'
import { openFor } from './open-dataset.ts'
import { sha256 } from './sha256.ts'
import type { Given, Io } from './verb.ts'
import { writeText } from './writing.ts'

/** The run folder that a person names; a path that is none is refused. */
export const runFolder = (path: string, cwd: string): string => {
  const dir = resolve(cwd, path)
  if (!existsSync(dir) || !statSync(dir).isDirectory() || !existsSync(join(dir, 'manifest.json'))) {
    throw problem('RUN_FOLDER', { folder: path })
  }
  return dir
}

/** A run with its dataset, which is opened again unless it is given. Errors: RUN_FILE_DAMAGED, DATASET_CHANGED. */
export const runData = async (dir: string, dataset?: Dataset): Promise<RunData> => {
  const run = await readRun(dir)
  const found = hashTrace(run.trace, sha256)
  if (found !== run.trace.meta.hash) {
    const why = `its hash is ${found}, and it says ${run.trace.meta.hash}`
    throw problem('RUN_FILE_DAMAGED', { path: join(dir, 'trace.arrow'), at: 'its columns', why })
  }
  const { scenario, dataset: known } = run.manifest
  const opened = dataset ?? (await openFor(scenario, known.base ?? dir))
  if (opened.fingerprint !== known.fingerprint) {
    throw problem('DATASET_CHANGED', {
      folder: dir,
      found: opened.fingerprint,
      expected: known.fingerprint,
    })
  }
  return { ...run, dataset: opened }
}

/** Computes the findings of a run from its files and writes findings.json. */
export const analyseFolder = async (dir: string, dataset?: Dataset): Promise<Findings> => {
  const run = await runData(dir, dataset)
  const findings = inSmallHeap(() => analyse(run))
  await writeText(join(dir, 'findings.json'), findingsJson(findings))
  return findings
}

/** What a report needs of a run: the findings as they stand, computed first if they are missing. */
export const reportInput = async (dir: string): Promise<ReportInput> => {
  const manifest = await readManifest(dir)
  const file = join(dir, 'findings.json')
  const findings = existsSync(file) ? await storedFindings(file) : await analyseFolder(dir)
  return { findings, manifest }
}

const storedFindings = async (file: string): Promise<Findings> => {
  try {
    return readFindings(await readFile(file, 'utf8'))
  } catch (error) {
    throw problem('FINDINGS_DAMAGED', { file, why: (error as Error).message }, error)
  }
}

/** What others measured, from the files that a person names. Error: OTHERS_FILE. */
export const othersIn = (given: Given, { cwd }: Pick<Io, 'cwd'>): Promise<readonly Others[]> =>
  Promise.all(
    given.texts('others').map(async (path) => {
      try {
        return readOthers(await readFile(resolve(cwd, path), 'utf8'), path)
      } catch (error) {
        if (isProblem(error)) throw error
        throw problem(
          'OTHERS_FILE',
          { file: path, place: 'its start', why: (error as Error).message },
          error,
        )
      }
    }),
  )

/** Writes the page of some runs. */
export const writePage = async (file: string, inputs: readonly ReportInput[]): Promise<void> => {
  await writeText(file, await page(inputs))
}

const EXIT_OF = { pass: EXIT.pass, fail: EXIT.failed, unknown: EXIT.unknown } as const
/** Of several exit codes, the first present of 70, 69, 64, 1, 2, 0 (interfaces §2): a target may refuse the scenario when it is its turn. */
const ORDER = [EXIT.bug, EXIT.unreachable, EXIT.usage, EXIT.failed, EXIT.unknown, EXIT.pass]

export const exitOf = (findings: Pick<Findings, 'verdict'>): number => EXIT_OF[findings.verdict]
/** The exit code of several runs: the first present of 70, 69, 64, 1, 2, 0. */
export const worst = (codes: readonly number[]): number =>
  ORDER.find((code) => codes.includes(code)) ?? EXIT.pass
