// Makes the pairs that are measured, and measures Go's tls.X509KeyPair on them.
//
//	pairs make DIR COUNT       writes COUNT pairs, half RSA 2048 and half P-256, as cert-manager would
//	pairs measure DIR SECONDS  prints one line a kind: kind, pairs per second of processor time, bytes allocated per pair
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: pairs make DIR COUNT | pairs measure DIR SECONDS")
	}
	number, err := strconv.Atoi(os.Args[3])
	check(err)
	switch os.Args[1] {
	case "make":
		makePairs(os.Args[2], number)
	case "measure":
		measureAll(os.Args[2], time.Duration(number)*time.Second)
	default:
		log.Fatalf("no such command: %s", os.Args[1])
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func makePairs(dir string, count int) {
	check(os.MkdirAll(dir, 0o700))
	makeKind(dir, "rsa", count/2, func() crypto.Signer {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		check(err)
		return key
	})
	makeKind(dir, "ec", count-count/2, func() crypto.Signer {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		check(err)
		return key
	})
}

func makeKind(dir, kind string, count int, newKey func() crypto.Signer) {
	now := time.Now()
	rootKey, issuerKey := newKey(), newKey()
	root := certificate(1, "Benchmark Root "+kind, now, 3650)
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, x509.KeyUsageCertSign
	issuer := certificate(2, "Benchmark Issuer "+kind, now, 1825)
	issuer.IsCA, issuer.BasicConstraintsValid, issuer.MaxPathLenZero = true, true, true
	issuer.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	issuerDer := sign(issuer, root, issuerKey, rootKey)
	issuer, err := x509.ParseCertificate(issuerDer)
	check(err)
	for i := range count {
		host := fmt.Sprintf("%s-%03d.shop.example.com", kind, i)
		leaf := certificate(int64(1_000_000+i), host, now, 90)
		leaf.DNSNames = []string{host, "www." + host}
		leaf.BasicConstraintsValid = true
		leaf.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
		leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		leaf.OCSPServer = []string{"http://ocsp.example.com"}
		leaf.IssuingCertificateURL = []string{"http://ca.example.com/issuer.crt"}
		leaf.CRLDistributionPoints = []string{"http://ca.example.com/issuer.crl"}
		key := newKey()
		keyDer, err := x509.MarshalPKCS8PrivateKey(key)
		check(err)
		name := filepath.Join(dir, fmt.Sprintf("%s-%03d", kind, i))
		chain := append(block("CERTIFICATE", sign(leaf, issuer, key, issuerKey)), block("CERTIFICATE", issuerDer)...)
		check(os.WriteFile(name+".crt", chain, 0o600))
		check(os.WriteFile(name+".key", block("PRIVATE KEY", keyDer), 0o600))
	}
}

func certificate(serial int64, name string, now time.Time, days int) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: new(big.Int).Add(new(big.Int).Lsh(big.NewInt(serial), 64), big.NewInt(now.UnixNano())),
		Subject:      pkix.Name{Country: []string{"DE"}, Organization: []string{"Example"}, CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(time.Duration(days) * 24 * time.Hour),
	}
}

func sign(of, by *x509.Certificate, key, byKey crypto.Signer) []byte {
	der, err := x509.CreateCertificate(rand.Reader, of, by, key.Public(), byKey)
	check(err)
	return der
}

func block(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

type pair struct{ crt, key []byte }

func measureAll(dir string, duration time.Duration) {
	// One thread, garbage collection included.
	runtime.GOMAXPROCS(1)
	rsaPairs, ecPairs := read(dir, "rsa"), read(dir, "ec")
	var mixed []pair
	for i := range min(len(rsaPairs), len(ecPairs)) {
		mixed = append(mixed, rsaPairs[i], ecPairs[i])
	}
	measure("mixed", mixed, duration)
	measure("rsa", rsaPairs, duration)
	measure("ec", ecPairs, duration)
}

func read(dir, kind string) []pair {
	crts, err := filepath.Glob(filepath.Join(dir, kind+"-*.crt"))
	check(err)
	var pairs []pair
	for _, name := range crts {
		crt, err := os.ReadFile(name)
		check(err)
		key, err := os.ReadFile(name[:len(name)-len("crt")] + "key")
		check(err)
		pairs = append(pairs, pair{crt, key})
	}
	return pairs
}

func measure(kind string, pairs []pair, duration time.Duration) {
	var before, after runtime.MemStats
	best, allocated := 0.0, uint64(0)
	for range 3 {
		runtime.GC()
		runtime.ReadMemStats(&before)
		count := 0
		start, cpuStart := time.Now(), cpu()
		for time.Since(start) < duration {
			for _, p := range pairs {
				_, err := tls.X509KeyPair(p.crt, p.key)
				check(err)
			}
			count += len(pairs)
		}
		rate := float64(count) / (cpu() - cpuStart).Seconds()
		runtime.ReadMemStats(&after)
		if rate > best {
			best, allocated = rate, (after.TotalAlloc-before.TotalAlloc)/uint64(count)
		}
	}
	fmt.Printf("%s\t%.0f\t%d\n", kind, best, allocated)
}

// The processor time of all threads: what other processes do does not count.
func cpu() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
