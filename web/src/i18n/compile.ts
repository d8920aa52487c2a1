import type { MessageContext, MessageFunction } from 'vue-i18n'

type Part = string | { name: string }
/** With what its own compiler uses and its types do not say: in <i18n-t> the parts are nodes. */
type Context = MessageContext<string> & { normalize(parts: unknown[]): string; interpolate(value: unknown): unknown }

/**
 * As much of vue-i18n's message format as our texts use: `{name}`, `{0}`, a literal as in `{'@'}`, and forms for numbers with ` | ` between
 * them. It is a tenth of the size of the compiler that comes with it, and knows no links to other texts.
 */
export function compile(message: unknown): MessageFunction<string> {
  const forms = String(message).split('|').map(form => parts(form.trim()))
  const say = (form: readonly Part[], context: Context) => context.normalize(form.map(part => typeof part === 'string'
    ? part
    : context.interpolate(/^\d+$/.test(part.name) ? context.list(Number(part.name)) : context.named(part.name))))
  const said = forms.length === 1
    ? (context: Context) => say(forms[0]!, context)
    : (context: Context) => context.plural(forms.map(form => say(form, context)))
  return said as MessageFunction<string>
}

function parts(form: string): Part[] {
  return form.split(/(\{[^}]*\})/).filter(part => part !== '').map(part => {
    if (!part.startsWith('{')) return part
    const inner = part.slice(1, -1).trim()
    return /^'.*'$/.test(inner) ? inner.slice(1, -1) : { name: inner }
  })
}
