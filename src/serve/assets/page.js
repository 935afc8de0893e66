// Makes the page live. Without it everything works, one page after the other: this asks for the same
// pages, and puts what they hold in place of what is shown.
(() => {
  'use strict';
  const $ = (what, within = document) => within.querySelector(what);
  const form = $('#search'), box = $('#q'), keys = $('#keys'), letters = $('#letters');
  const wide = matchMedia('(min-width: 50rem)');
  const here = () => location.pathname + location.search;
  let timer, asked, composing = false;
  // The address at which typing began, so that Back leads there and not to half a word.
  let settled = here();

  document.documentElement.className = 'js';

  // What only makes sense with a script, on a page that has just come.
  function prepare() {
    for (const field of document.querySelectorAll('.narrow')) field.hidden = false;
    if (wide.matches && $('#filters')) $('#filters').open = true;
  }

  function address() {
    const pairs = [...new FormData(form)].filter(([, value]) => value.trim());
    const query = new URLSearchParams(pairs).toString();
    return query ? '/?' + query : '/';
  }

  // Takes a page out of an answer; what is open stays open, and the focus stays where it is.
  function show(page) {
    const open = [...document.querySelectorAll('#page details[id]')].filter(d => d.open).map(d => d.id);
    const focused = document.activeElement, id = focused?.id, inside = focused?.closest('#page');
    // Where in an article a link lands depends on the words.
    const target = link => link.href?.split('#')[0], link = inside && target(focused);
    document.body.className = page.body.className;
    document.title = page.title;
    for (const part of ['#page', '#hidden', 'footer p']) $(part).replaceChildren(...$(part, page).childNodes);
    const feeds = [document, page].map(of => $('link[rel=alternate]', of));
    if (feeds[0] && feeds[1]) feeds[0].href = feeds[1].getAttribute('href');
    const status = $('#status', page).textContent;
    if ($('#status').textContent !== status) $('#status').textContent = status;
    for (const one of open) { const details = document.getElementById(one); if (details) details.open = true; }
    prepare();
    helpful();
    const links = () => [...document.querySelectorAll('#page a')];
    const again = id ? document.getElementById(id) : link && links().find(one => target(one) === link);
    if (inside) again?.focus({ preventScroll: true });
  }

  // Asks for an address and shows the answer, unless something newer was asked for meanwhile.
  async function ask(url, then) {
    clearTimeout(timer);
    asked?.abort();
    const mine = asked = new AbortController();
    try {
      const answer = await fetch(url, { signal: mine.signal, headers: { accept: 'text/html' } });
      if (answer.status === 503) {
        timer = setTimeout(() => mine === asked && ask(url, then), 1000 * (answer.headers.get('retry-after') || 1));
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (mine !== asked) return;
      if (answer.redirected || !$('#page', page)) return location.assign(url);
      then();
      show(page);
    } catch (error) {
      if (error.name !== 'AbortError' && mine === asked) location.assign(url);
    }
  }

  const typed = () => { const url = address(); ask(url, () => history.replaceState(null, '', url)); };
  const later = () => { clearTimeout(timer); asked?.abort(); timer = setTimeout(typed, 150); };
  function chosen(restore) {
    const url = address();
    ask(url, () => {
      if (restore && url !== settled) history.replaceState(null, '', settled);
      history.pushState(null, '', url);
      settled = url;
    });
  }

  // On a page that shows an article the box leads to results, as it does without a script.
  const live = () => form && /^(start|results)$/.test(document.body.className);

  box?.addEventListener('compositionstart', () => { composing = true; clearTimeout(timer); });
  box?.addEventListener('compositionend', () => { composing = false; if (live()) later(); });
  box?.addEventListener('input', event => {
    if (!live() || composing || event.isComposing) return;
    // Other words are a search of their own: their spelling is looked at again.
    $('#hidden [name=exact]')?.remove();
    later();
  });
  form?.addEventListener('submit', event => {
    if (!live()) return;
    event.preventDefault();
    chosen(true);
  });
  document.addEventListener('change', event => {
    if (live() && event.target.form === form && event.target !== box) chosen(false);
  });
  document.addEventListener('input', event => {
    if (!event.target.matches('.narrow')) return;
    const wanted = event.target.value.trim().toLowerCase();
    for (const value of event.target.parentNode.querySelectorAll('.choice')) {
      value.hidden = !value.textContent.toLowerCase().includes(wanted);
    }
  });
  addEventListener('popstate', () => {
    settled = here();
    if (!live()) return location.reload();
    box.value = new URLSearchParams(location.search).get('q') || '';
    ask(settled, () => {});
  });

  // Keys. Those of one letter or sign are for nobody who types, and can be switched off.
  try { letters.checked = localStorage.getItem('letters') !== 'off'; } catch { /* They stay on. */ }
  letters.addEventListener('change', () => {
    try { localStorage.setItem('letters', letters.checked ? 'on' : 'off'); } catch { /* For this page only. */ }
  });
  function helpful() {
    const help = $('#help');
    help.hidden = false;
    help.onclick = () => keys.showModal();
  }
  const focus = (what, event) => { if (what) { what.focus(); event.preventDefault(); } };
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented || keys.open) return;
    const typing = event.target.closest?.('input:not([type=checkbox]), textarea, select, [contenteditable]');
    const links = [...document.querySelectorAll('#results :is(h2, h3) a, .similar #results a')];
    const at = links.indexOf(document.activeElement);
    const next = () => focus(links[at + 1], event);
    const previous = () => focus(at > 0 ? links[at - 1] : at === 0 && box, event);
    if (event.key === 'Escape' && box) {
      if (document.activeElement !== box) { box.select(); return focus(box, event); }
      if (box.value && live()) { box.value = ''; later(); }
    } else if (event.key === 'ArrowDown' && (typing === box || at >= 0)) next();
    else if (event.key === 'ArrowUp' && at >= 0) previous();
    else if (typing || !letters.checked) return;
    else if (event.key === '/' && box) { box.select(); focus(box, event); }
    else if (event.key === 'j') next();
    else if (event.key === 'k') previous();
    else if (event.key === 'f' && $('#filters')) { $('#filters').open = true; focus($('#filters input'), event); }
    else if (event.key === '?') { keys.showModal(); event.preventDefault(); }
  });

  prepare();
  helpful();
})();
