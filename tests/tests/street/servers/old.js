// A web server of long ago: ADDRESS CHAIN KEY CIPHERS METHOD
var fs = require('fs');
var words = process.argv.slice(2);
var options = {
  cert: fs.readFileSync(words[1]), key: fs.readFileSync(words[2]),
  ciphers: words[3], secureProtocol: words[4], secureOptions: 0
};
require('https').createServer(options, function (request, response) {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end('<!doctype html><html lang="it"><title>Comune</title><p>Buongiorno.');
}).listen(443, words[0]);
