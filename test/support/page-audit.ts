import { type Page } from 'playwright-core';

/**
 * What is wrong with a page for people who use a keyboard, a screen reader, a small screen, or see little: in the
 * words of a list, which is empty for a sound page.
 */
export async function auditPage(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(${AUDIT})()`);
}

/** Runs in the page, and so is text: there is no DOM among our types. */
const AUDIT = String.raw`() => {
  const problems = [];
  const visible = [...document.body.querySelectorAll('*')].filter((element) => element.checkVisibility());
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).slice(0, 3).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (left, right) => {
    const [dark, light] = [luminance(left), luminance(right)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] !== 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const name = (element) => element.tagName.toLowerCase() + ' ' + element.textContent.trim().slice(0, 30);
  for (const element of visible) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    const ratio = contrast(getComputedStyle(element).color, background(element));
    if ((hasText || element.matches('input:not([type=hidden])')) && ratio < 4.5)
      problems.push('contrast ' + ratio.toFixed(2) + ' of ' + name(element));
    if (element.matches('input, button.quiet')) {
      const edge = contrast(getComputedStyle(element).borderTopColor, background(element.parentElement));
      if (edge < 3) problems.push('contrast ' + edge.toFixed(2) + ' of the edge of ' + name(element));
    }
    if (element.matches('button, a.button, summary, input')) {
      const { height } = element.getBoundingClientRect();
      if (height < 24) problems.push('too small to hit: ' + name(element));
    }
  }
  for (const field of document.querySelectorAll('input:not([type=hidden])')) {
    if (field.labels.length !== 1) problems.push('no label for ' + field.name);
    for (const id of (field.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean))
      if (!document.getElementById(id)) problems.push('described by nothing: ' + id);
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  if (new Set(ids).size < ids.length) problems.push('an id stands twice');
  if (document.querySelectorAll('h1').length !== 1) problems.push('not one h1');
  if (document.querySelectorAll('main').length !== 1) problems.push('not one main');
  const levels = [...document.querySelectorAll('h1, h2, h3')].map(({ tagName }) => Number(tagName[1]));
  if (levels.some((level, index) => index > 0 && level > levels[index - 1] + 1)) problems.push('a heading is skipped');
  for (const image of document.images) if (!image.hasAttribute('alt')) problems.push('an image without alt');
  for (const image of document.images) if (image.naturalWidth === 0) problems.push('an image that is broken');
  for (const button of document.querySelectorAll('button, a'))
    if ((button.getAttribute('aria-label') ?? button.textContent).trim() === '') problems.push('a button without a name');
  if (document.querySelector('[style], style, script:not([src])')) problems.push('inline style or script');
  if (document.title.trim() === '') problems.push('no title');
  if (document.documentElement.scrollWidth > innerWidth) problems.push('wider than the screen');
  if (/undefined|\[object|null\b/.test(document.body.innerText)) problems.push('undefined on the page');
  const raw = document.body.innerText.match(/\b[a-z]+([A-Z][a-z]+)?\.[a-z][A-Za-z_.]+\b/g) ?? [];
  for (const key of raw) if (!/example/.test(key)) problems.push('a key instead of a text: ' + key);
  return problems;
}`;
