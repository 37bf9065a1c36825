# Certificates for the scripts about TLS, made by openssl in $WORK: two authorities, servers, clients.

# authority NAME: NAME.pem and NAME.key.
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
    -keyout "$WORK/$1.key" -out "$WORK/$1.pem" 2>/dev/null
}

# issue NAME AUTHORITY SUBJECT EXTENSION: NAME.pem and NAME.key, signed by the authority.
issue() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$3" -keyout "$WORK/$1.key" \
    -out "$WORK/$1.csr" 2>/dev/null
  openssl x509 -req -in "$WORK/$1.csr" -CA "$WORK/$2.pem" -CAkey "$WORK/$2.key" -CAcreateserial -days 2 \
    -extfile <(echo "$4") -out "$WORK/$1.pem" 2>/dev/null
}

authority ca
authority stranger
issue server ca /CN=localhost "subjectAltName=DNS:localhost,IP:127.0.0.1"
issue second ca /CN=localhost "subjectAltName=DNS:localhost,IP:127.0.0.1"
issue elsewhere ca /CN=server.test "subjectAltName=DNS:server.test"
issue alice ca /CN=alice "extendedKeyUsage=clientAuth"
issue bob ca /CN=bob "extendedKeyUsage=clientAuth"
issue mallory stranger /CN=alice "extendedKeyUsage=clientAuth"

# What curl shows of itself.
as() { printf -- '--cert %s --key %s' "$WORK/$1.pem" "$WORK/$1.key"; }
