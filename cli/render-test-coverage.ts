import {
  type Coverage,
  type Place,
  percentOf,
  type RuleCoverage,
  type Share,
} from '../policy/index.js'
import type { Colours } from './colours.js'

/** Renders for people what the cases try of the policies, and each rule and field that is left. */
export function renderCoverage({ rules, fields, details }: Coverage, colours: Colours): string {
  const left = details.flatMap(rule => renderRule(rule, colours))
  return `${colours.bold('coverage')}
  rules   ${share(rules, colours)}
  fields  ${share(fields, colours)}, each seen to hold and seen not to
${left.join('')}
`
}

/** What is left to try of a rule; nothing for one that is covered with all its fields. */
function renderRule(
  { rule, asked, matched, fields, place }: RuleCoverage,
  colours: Colours,
): readonly string[] {
  const mark = colours.yellow('!')
  if (asked === 0) {
    const why = 'its policy selects the workload of no case'
    return [`  ${mark} ${rule}: ${why}  ${where(place, colours)}`]
  }
  const left = fields.flatMap(({ field, missing, place }) => {
    return missing.map(side => {
      const why = side === 'holds' ? 'holds in no case' : 'holds in every case'
      return `      ${field} ${why}  ${where(place, colours)}`
    })
  })
  if (matched > 0 && left.length === 0) return []
  const why = matched > 0 ? '' : ': no case matches it'
  return [`  ${mark} ${rule}${why}  ${where(place, colours)}`, ...left]
}

function where({ file, line }: Place, colours: Colours): string {
  return `${colours.dim(`${file}:${line}`)}\n`
}

function share(of: Share, colours: Colours): string {
  const percent = percentOf(of)
  const paint = percent === 100 ? colours.green : colours.yellow
  return `${paint(`${percent} %`)} (${of.covered} of ${of.total})`
}
