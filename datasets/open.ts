import { problem } from '../harness/errors.ts'
import type { Dataset, DatasetSource, DatasetSpec, Metric } from '../harness/model/index.ts'
import { CATALOG } from './catalog.ts'
import { fromFiles, openFiles } from './files/index.ts'
import { fromMemory } from './memory.ts'
import { openPacked } from './packed/index.ts'
import { fromRunbook } from './runbook/index.ts'

/**
 * Opens the dataset of a scenario. Relative paths of files resolve against the folder `base`.
 * Throws DATASET_UNKNOWN, DATASET_PARAMETER, DATASET_PARAMETER_UNKNOWN, DATASET_TOO_LARGE, or what its kind of dataset says.
 */
export const openDataset = async (
  spec: DatasetSpec,
  metric: Metric,
  base: string,
): Promise<Dataset> => {
  if ('path' in spec) return openFiles(spec, metric, base)
  if ('file' in spec) return (await openPacked(spec, metric, base)).dataset
  const { name, ...given } = spec
  const known = typeof name === 'string' && Object.hasOwn(CATALOG, name) ? CATALOG[name] : undefined
  if (known !== undefined) return known.open(given)
  throw problem('DATASET_UNKNOWN', {
    name: String(name),
    known: Object.keys(CATALOG).join(', '),
  })
}

/** The same dataset in another thread, from its `source`. */
export const reopen = (source: DatasetSource): Dataset => {
  if (source.kind === 'memory') return fromMemory(source)
  return source.kind === 'runbook' ? fromRunbook(source, reopen) : fromFiles(source)
}

/** A dataset in a few lines for people: its size, its models, its fingerprint, and a row where there is text. */
export const describeDataset = (dataset: Dataset): string => {
  const { name, rows, revisions, models, fingerprint, text, origin } = dataset
  return [
    `${name}: ${rows} rows${revisions > 1 ? ` in ${revisions} revisions` : ''}`,
    ...models.map(
      ({ dimensions, queries }, index) =>
        `  model ${index + 1}: ${dimensions} dimensions, ${queries.count} queries`,
    ),
    `  ${fingerprint}`,
    ...(text === undefined ? [] : [`  row 0: ${text(0)}`]),
    ...(origin === undefined ? [] : [`    from ${origin(0)}`]),
  ].join('\n')
}
