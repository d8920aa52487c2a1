import { h, type VNode } from 'vue'
import CodeBlock from './CodeBlock.vue'
import type { Block, Inline } from './nodes'

export interface RenderContext {
  /** The reader's own id: their mentions stand out. */
  me: number | undefined
  openPerson: (userId: number) => void
}

/** Nodes become VNodes: what somebody wrote never passes as HTML. */
export function renderBlocks(blocks: readonly Block[], context: RenderContext): VNode[] {
  return blocks.map(block => {
    switch (block.kind) {
      case 'paragraph': return h('p', { dir: 'auto', class: { gap: block.gap } }, renderInlines(block.children, context))
      case 'quote': return h('blockquote', renderBlocks(block.blocks, context))
      case 'code': return h(CodeBlock, { text: block.text, language: block.language })
      case 'list': {
        const items = block.items.map(item => h('li', renderBlocks(item, context)))
        return block.start === undefined ? h('ul', items) : h('ol', { start: block.start }, items)
      }
    }
  })
}

function renderInlines(nodes: readonly Inline[], context: RenderContext): (VNode | string)[] {
  return nodes.flatMap((node): (VNode | string)[] => {
    switch (node.kind) {
      case 'text': return [node.text]
      case 'br': return [h('br')]
      case 'strong': return [h('strong', renderInlines(node.children, context))]
      case 'em': return [h('em', renderInlines(node.children, context))]
      case 'del': return [h('del', renderInlines(node.children, context))]
      case 'code': return [h('code', renderInlines(node.children, context))]
      case 'mention': return [mention(node, context)]
      case 'link': {
        const link = h('a', { href: node.href, target: '_blank', rel: 'noopener noreferrer nofollow', title: node.href },
          renderInlines(node.children, context))
        return node.host === undefined ? [link] : [link, h('bdi', { class: 'host' }, ` (${node.host})`)]
      }
    }
  })
}

function mention({ text, userId }: Inline & { kind: 'mention' }, { me, openPerson }: RenderContext): VNode {
  if (userId === undefined) return h('span', { class: 'mention me' }, text)
  return h('button', { type: 'button', class: ['mention', { me: userId === me }], onClick: () => openPerson(userId) }, text)
}
