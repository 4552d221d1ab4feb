import type { z } from 'zod'
import { problem } from '../errors.ts'
import type { Scenario } from '../model/index.ts'
import { freeze } from './freeze.ts'
import { giveMeaning, limitRefusals } from './meaning.ts'
import { nearest } from './nearest.ts'
import { besides, readTree } from './read.ts'
import { layRunbook } from './runbook/scenario.ts'
import { scenarioSchema } from './schema.ts'
import { applySet } from './settings.ts'
import { child, deepest, dotted, type Path, type Problem, plain, type Tree } from './source.ts'

/**
 * Reads a scenario: the file, all it extends, then `--set path=value` one after the other. Deep frozen.
 * `read` gives the text of a path. Throws SCENARIO_INVALID with every problem that can be told at once:
 * place, key, what was found, what is allowed, the nearest known key. Keys that contradict each other are
 * told once every key makes sense by itself.
 * Throws SCENARIO_FILE if a file cannot be read.
 */
export const loadScenario = (
  file: string,
  read: (path: string) => string,
  sets: readonly string[] = [],
): Scenario => {
  const problems: Problem[] = []
  const written = readTree(file, reader(read), problems)
  const tree = sets.reduce((under, set) => applySet(under, set, problems), written)
  const parsed = scenarioSchema.safeParse(plain(tree))
  const besideFile = (path: string) => ({ text: runbookText(read, file, path), file: path })
  const given = parsed.success ? layRunbook(parsed.data, besideFile) : null
  const meaning = given && giveMeaning(given.laid)
  if (parsed.error) problems.push(...parsed.error.issues.flatMap((one) => explain(tree, one)))
  const refusals = given?.refusals.length ? given.refusals : (meaning?.refusals ?? [])
  for (const { path, text } of [...limitRefusals(plain(tree)), ...refusals]) {
    problems.push(at(tree, path, `${found(tree, path)}; ${text}`))
  }
  if (meaning && problems.length === 0) return freeze(meaning.scenario)
  throw problem('SCENARIO_INVALID', { problems: inOrder(problems).map(line).join('\n') })
}

const reader =
  (read: (path: string) => string) =>
  (path: string): string => {
    const refuse = (why: string, cause?: unknown) =>
      problem('SCENARIO_FILE', { file: path, why }, cause)
    const text = (() => {
      try {
        return read(path)
      } catch (error) {
        throw refuse(error instanceof Error ? error.message : String(error), error)
      }
    })()
    if (text.includes('\0')) throw refuse('it is no text')
    return text
  }

/** The text of a runbook, whose path is relative to the scenario's. */
const runbookText = (read: (path: string) => string, file: string, path: string): string => {
  try {
    return read(besides(file, path))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw problem('RUNBOOK_FILE', { file: path, why }, error)
  }
}

/** One zod issue as problems; its message says what is allowed. */
const explain = (tree: Tree, issue: z.core.$ZodIssue, above: Path = []): Problem[] => {
  const path = [...above, ...(issue.path as Path)]
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(', ')
    return issue.keys.map((key) =>
      at(
        tree,
        [...path, key],
        `unknown key; allowed: ${issue.message}; nearest: ${nearest(key, known)}`,
      ),
    )
  }
  // Of a choice between a word and a map, the map's own problems say more if a map was written.
  const inner =
    issue.code === 'invalid_union'
      ? issue.errors.find((choice) =>
          choice.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
        )
      : undefined
  if (inner) return inner.flatMap((one) => explain(tree, one, path))
  return [at(tree, path, `${found(tree, path)}; allowed: ${issue.message}`)]
}

const at = (tree: Tree, path: Path, text: string): Problem => ({
  ...deepest(tree, path).place,
  key: dotted(tree, path),
  text,
})

const found = (tree: Tree, path: Path): string => {
  const node = path.reduce<Tree | undefined>((under, part) => under && child(under, part), tree)
  return node ? `found ${JSON.stringify(plain(node))}` : 'found nothing'
}

/** File by file as they were met, line by line. */
const inOrder = (problems: readonly Problem[]): Problem[] => {
  const files = problems.map(({ file }) => file)
  return problems.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line,
  )
}

const line = ({ file, line, key, text }: Problem): string =>
  `${file}${line > 0 ? `:${line}` : ''}: ${key ? `${key}: ` : ''}${text}`
