module certmerge.lecentre.net/benchmark

go 1.24
