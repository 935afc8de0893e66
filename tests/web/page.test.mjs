// The page in a browser: with and without JavaScript, by mouse and by keys, for everybody.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { browser, done, focused, open, path, status, until, violations } from './browser.mjs';
import { collection, end, hostile, library, publish, serve } from './server.mjs';

const folder = collection(library);
const base = await serve(folder);
after(async () => { await browser.close(); end(); });

const titles = page => page.$$eval('#results h2 a', links => links.map(link => link.textContent));
const found = (page, text) => until(page, text => document.querySelector('#status').textContent.includes(text), text);

test('without JavaScript one searches, filters, turns pages, reads and goes back', async () => {
  const page = await open(base, { javaScriptEnabled: false });
  await page.fill('#q', 'feature drift');
  await page.press('#q', 'Enter');
  assert.equal(path(page), '/?q=feature+drift');
  assert.match(await status(page), /40 articles|39 articles/);
  await page.check('#filters >> text=Acme');
  await page.click('.apply');
  assert.match(path(page), /company=Acme/);
  assert.match(await status(page), /with 1 filter/);
  await page.click('nav[aria-label=Pages] a[rel=next]');
  assert.match(path(page), /offset=10/);
  assert.match(path(page), /company=Acme/);
  await page.click('#results >> text=Read here >> nth=0');
  assert.match(path(page), /^\/doc\//);
  assert.ok(await page.locator('mark').count() > 0);
  await page.goBack();
  await page.goBack();
  await page.goBack();
  assert.equal(path(page), '/?q=feature+drift');
  await page.click('.sorts >> text=Newest');
  assert.match(path(page), /sort=date/);
  await done(page);
});

test('a state that is opened cold is the state that was reached', async () => {
  const live = await open(base);
  await live.fill('#q', 'feature');
  await found(live, 'articles');
  await live.check('[id="company=Bolt"]');
  await found(live, 'with 1 filter');
  const cold = await open(live.url());
  const shown = page => page.$eval('#page', part => part.innerHTML.replace(/ open(="")?/g, ''));
  assert.equal(await shown(live), await shown(cold));
  assert.equal(await live.title(), await cold.title());
  assert.match(await cold.title(), /^feature · mlsearch$/);
  await done(live);
  await done(cold);
});

test('typing replaces the state, Enter and filters make a new one, Back works', async () => {
  const page = await open(base + '/');
  const length = () => page.evaluate(() => history.length);
  const before = await length();
  let asked = 0;
  page.on('request', request => { asked += new URL(request.url()).search.startsWith('?q=') ? 1 : 0; });
  await page.type('#q', 'feature', { delay: 5 });
  await found(page, 'articles');
  assert.equal(asked, 1, 'one request for seven letters');
  assert.equal(await length(), before);
  assert.equal(path(page), '/?q=feature');
  assert.equal(await page.title(), 'feature · mlsearch');
  await page.press('#q', 'Enter');
  await until(page, before => history.length === before + 1, before);
  await page.check('[id="company=Acme"]');
  await found(page, 'with 1 filter');
  assert.equal(await length(), before + 2);
  assert.equal(await focused(page), 'company=Acme', 'the focus stays on what was ticked');
  await page.goBack();
  await until(page, () => location.search === '?q=feature' && !document.querySelector('#status').textContent.includes('filter'));
  assert.equal(await page.isChecked('[id="company=Acme"]'), false);
  await page.goBack();
  await until(page, () => location.search === '' && document.body.className === 'start');
  assert.equal(await page.inputValue('#q'), '');
  await page.goForward();
  await until(page, () => location.search === '?q=feature' && document.body.className === 'results');
  assert.equal(await page.inputValue('#q'), 'feature');
  await done(page);
});

test('an answer that comes late is dropped', async () => {
  const page = await open(base);
  let release;
  const held = new Promise(resolve => { release = resolve; });
  await page.route(url => url.search === '?q=narwhal', async route => { await held; await route.continue().catch(() => {}); });
  await page.fill('#q', 'narwhal');
  await page.waitForRequest(request => request.url().endsWith('?q=narwhal'));
  await page.fill('#q', 'drift');
  await found(page, 'articles');
  release();
  await page.fill('#q', 'drift ');
  await until(page, () => location.search === '?q=drift+');
  assert.equal(await page.title(), 'drift · mlsearch');
  await done(page);
});

test('a busy server is asked again', async () => {
  const page = await open(base);
  let refused = 0;
  await page.route(url => url.search === '?q=narwhal', route => (refused++ ? route.continue() : route.fulfill({ status: 503, headers: { 'retry-after': '0' } })));
  await page.fill('#q', 'narwhal');
  await found(page, '1 article');
  assert.ok(refused > 1);
  page.faults = page.faults.filter(fault => !fault.includes('503'));
  await done(page);
});

test('nothing is asked while an input method composes', async () => {
  const page = await open(base);
  const asked = [];
  page.on('request', request => asked.push(new URL(request.url()).search));
  await page.focus('#q');
  const client = await page.context().newCDPSession(page);
  await client.send('Input.imeSetComposition', { text: 'narw', selectionStart: 4, selectionEnd: 4 });
  await client.send('Input.imeSetComposition', { text: 'narwhal', selectionStart: 7, selectionEnd: 7 });
  assert.equal(await page.inputValue('#q'), 'narwhal');
  // The longest that typing waits for.
  await page.evaluate(() => new Promise(resolve => setTimeout(resolve, 400)));
  assert.deepEqual(asked, []);
  await client.send('Input.insertText', { text: 'narwhal' });
  await found(page, '1 article');
  await done(page);
});

test('keys lead everywhere, and letters are text while one types', async () => {
  const page = await open(base + '/?q=feature');
  const links = await titles(page);
  const press = key => page.keyboard.press(key);
  await press('/');
  assert.equal(await focused(page), 'q');
  await press('End');
  await page.keyboard.type('jkf?/');
  assert.equal(await page.inputValue('#q'), 'featurejkf?/');
  await page.fill('#q', 'feature');
  await until(page, () => location.search === '?q=feature');
  await press('ArrowDown');
  assert.equal(await focused(page), links[0]);
  await press('j');
  await press('ArrowDown');
  assert.equal(await focused(page), links[2]);
  await press('k');
  await press('ArrowUp');
  assert.equal(await focused(page), links[0]);
  await press('k');
  assert.equal(await focused(page), 'q', 'up from the first one leads to the box');
  await press('Escape');
  await until(page, () => document.body.className === 'start');
  await page.goto(base + '/?q=feature');
  await press('f');
  assert.match(await focused(page), /^company=/);
  for (let n = 0; n < 20; n++) await press('j');
  assert.equal(await focused(page), links.at(-1), 'the last one is the last one');
  await press('Escape');
  assert.equal(await focused(page), 'q');
  await page.evaluate(() => document.activeElement.blur());
  await press('Control+j');
  assert.notEqual(await focused(page), links[0]);
  await press('?');
  assert.ok(await page.isVisible('#keys'));
  await page.uncheck('#letters');
  await press('Escape');
  for (const key of ['j', '/', '?', 'f']) await press(key);
  assert.ok(!(await page.isVisible('#keys')));
  assert.notEqual(await focused(page), links[0]);
  await page.reload();
  await press('j');
  assert.notEqual(await focused(page), links[0], 'it is remembered');
  await page.focus('#q');
  await press('ArrowDown');
  assert.equal(await focused(page), links[0], 'arrows are no letters');
  await Promise.all([page.waitForRequest(request => request.url().includes('.example/')), press('Enter')]);
  await page.context().close();
});

test('filters keep their order and what is open while one chooses', async () => {
  const page = await open(base + '/?q=feature');
  const order = () => page.$$eval('#facet-tag .choice > span:first-of-type', all => all.map(one => one.textContent));
  const before = await order();
  await page.click('#rest-tag > summary');
  const last = before.at(-1);
  await page.fill('#rest-tag .narrow', last.toLowerCase());
  assert.equal(await page.locator('#rest-tag .choice:visible').count(), 1);
  await page.check(`[id="tag=${last}"]`);
  await found(page, 'with 1 filter');
  assert.deepEqual(await order(), before);
  assert.ok(await page.isVisible(`[id="tag=${last}"]`), 'what is chosen stays visible');
  await page.check('[id^="year="] >> nth=0');
  await found(page, 'filters');
  await page.click('.chips >> text=Tag >> nth=0');
  assert.ok(!path(page).includes('tag='));
  await done(page);
});

test('axe finds nothing in any state, light and dark, wide and narrow', async () => {
  const states = ['/', '/?q=feature', '/?q=feature&company=Acme&tag=Tag+3&after=2018', '/?q=narwhal&company=Acme', '/?q=kuberntes', '/?q=feature&after=soon', '/?q=feature&offset=20&sort=date', '/doc/a7?q=narwhal', '/doc/nothing', '/?nothing=1'];
  let checked = 0;
  for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { viewport: { width: 320, height: 640 } }, { forcedColors: 'active' }, { javaScriptEnabled: true, reducedMotion: 'reduce' }]) {
    const page = await open(null, options);
    for (const state of states) {
      await page.goto(base + state);
      assert.deepEqual(await violations(page), [], `${state} ${JSON.stringify(options)}`);
      checked++;
    }
    await page.goto(base + '/?q=feature');
    await page.click('#help');
    assert.deepEqual(await violations(page), [], 'the help');
    for (const details of await page.$$('#page details > summary:visible')) await details.evaluate(one => { one.parentNode.open = true; });
    await page.keyboard.press('Escape');
    assert.deepEqual(await violations(page), [], 'all that can be opened');
    checked += 2;
    await page.context().close();
  }
  const signed = await open(await serve(folder, '--token', 'WEB_TOKEN') + '/');
  assert.equal(path(signed), '/login?next=%2F');
  assert.deepEqual(await violations(signed), []);
  await signed.fill('#token', process.env.WEB_TOKEN);
  await signed.click('main button');
  assert.equal(path(signed), '/');
  await signed.context().close();
  console.log(`axe: 0 violations in ${checked + 1} states`);
});

test('everything fits at 320 pixels, at 200 %, and for fingers', async () => {
  for (const viewport of [{ width: 320, height: 640 }, { width: 640, height: 400 }, { width: 768, height: 1024 }, { width: 1280, height: 800 }]) {
    const page = await open(null, { viewport });
    for (const state of ['/', '/?q=feature&company=Acme&tag=Tag+3', '/?q=narwhal&company=Acme', '/doc/a7?q=narwhal']) {
      await page.goto(base + state);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${state} at ${viewport.width}: ${beyond} pixels beyond`);
      // Of links within a line of text no size is asked (WCAG 2.2, 2.5.8).
      const small = await page.$$eval('button:not([hidden]), #page summary, .choice, .chips a, .pages a, .sorts a, .cloud a, #q, .day input', all => all.filter(one => one.checkVisibility()).map(one => [one.getBoundingClientRect(), one.outerHTML.slice(0, 80)]).filter(([box]) => box.height > 0 && (box.height < 24 || box.width < 24)).map(([, html]) => html));
      assert.deepEqual(small, [], `${state} at ${viewport.width}`);
    }
    await done(page);
  }
});

test('a page is light and takes nothing from elsewhere', async () => {
  const page = await open();
  const sizes = [];
  page.on('response', async response => sizes.push([response.url(), response.request().sizes()]));
  await page.goto(base + '/?q=feature', { waitUntil: 'networkidle' });
  const bodies = await Promise.all(sizes.map(async ([url, size]) => [url, (await size).responseBodySize]));
  const bytes = bodies.reduce((sum, [, size]) => sum + size, 0);
  console.log(`weight: ${bytes} bytes in ${bodies.length} requests`);
  assert.ok(bytes <= 25_000, `${bytes} bytes`);
  assert.ok(bodies.length <= 4, `${bodies.length} requests`);
  for (const [url] of bodies) assert.ok(url.startsWith(base), url);
  await done(page);
});

test('no text of a list, a page or an address runs or leads astray', async () => {
  const evil = await serve(collection(hostile));
  for (const state of ['/', '/?q=evil', '/?q=evil&company=%22%3E%3Cscript%3Ealert(1)%3C/script%3E', '/?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E', '/doc/h1?q=evil', '/doc/..%2F..%2Fetc?q=evil']) {
    const page = await open();
    let alerts = 0;
    page.on('dialog', dialog => { alerts++; dialog.dismiss(); });
    const asked = [];
    page.on('request', request => asked.push(request.url()));
    await page.goto(evil + state, { waitUntil: 'networkidle' });
    assert.equal(alerts, 0, state);
    assert.notEqual(await page.title(), 'owned');
    assert.deepEqual(asked.filter(url => !url.startsWith(evil) && !url.startsWith('data:')), [], state);
    assert.equal(await page.locator('#page :is(script, img, svg, iframe, [onmouseover], [onfocus], [autofocus])').count(), 0, state);
    const schemes = await page.$$eval('a[href]', links => links.map(link => link.protocol));
    assert.ok(schemes.every(scheme => /^https?:$/.test(scheme)), state);
    assert.doesNotMatch(await page.content(), /[\u202a-\u202e\u2066-\u2069]/, state);
    await page.context().close();
  }
});

test('the policy holds where escaping would fail', async () => {
  const page = await open(base + '/?q=feature');
  const refused = await page.evaluate(async () => {
    const seen = [];
    document.addEventListener('securitypolicyviolation', event => seen.push(event.effectiveDirective));
    window.ran = 0;
    const div = document.createElement('div');
    div.innerHTML = '<button id=x onclick="window.ran++">x</button><img src="https://evil.example/x.png"><form action="https://evil.example/"><button id=y>y</button></form><span style="color:red">z</span>';
    document.body.append(div);
    div.querySelector('#x').click();
    const script = document.createElement('script');
    script.textContent = 'window.ran++';
    document.body.append(script);
    const base = document.createElement('base');
    base.href = 'https://evil.example/';
    document.head.append(base);
    await fetch('https://evil.example/').catch(() => {});
    div.querySelector('#y').click();
    await new Promise(resolve => setTimeout(resolve, 100));
    return { ran: window.ran, seen };
  });
  assert.equal(refused.ran, 0);
  for (const directive of ['script-src-attr', 'script-src-elem', 'img-src', 'connect-src', 'form-action', 'base-uri', 'style-src-attr']) {
    assert.ok(refused.seen.includes(directive), `${directive} in ${refused.seen}`);
  }
  await page.context().close();
});

test('each hit says its language, and one line tells what has changed', async () => {
  const page = await open(base + '/?q=feature+%22part+5%22');
  assert.equal(await page.getAttribute('#results article', 'lang'), 'de');
  assert.equal(await page.locator('[role=status]').count(), 1);
  const same = await page.evaluate(() => { window.kept = document.querySelector('[role=status]'); return true; });
  assert.ok(same);
  await page.fill('#q', 'narwhal');
  await found(page, '1 article');
  assert.ok(await page.evaluate(() => window.kept === document.querySelector('[role=status]')));
  await done(page);
});

test('a thousand requests are answered while the index is built again', async () => {
  const [status, asked] = [new Map(), []];
  let number = 0;
  const ask = async () => {
    while (number < 1000) {
      const answer = await fetch(`${base}/?q=feature+${number++ % 40}`);
      await answer.text();
      status.set(answer.status, (status.get(answer.status) || 0) + 1);
    }
  };
  for (let n = 0; n < 4; n++) asked.push(ask());
  // The builds hold this program up, not the server.
  for (let n = 0; n < 3; n++) { publish(folder, library); await new Promise(setImmediate); }
  await Promise.all(asked);
  assert.deepEqual([...status], [[200, 1000]]);
});
