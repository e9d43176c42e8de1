// Extracts zips and tars as Go's own packages read them: extract zip|tar OUT ARCHIVE...
// Puts the first one into OUT/0 and so on. Prints the numbers of those that it refuses.
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	refused := []int{}
	for number, archive := range os.Args[3:] {
		into := filepath.Join(os.Args[2], strconv.Itoa(number))
		err := os.MkdirAll(into, 0o755)
		if err == nil && os.Args[1] == "zip" {
			err = unzip(archive, into)
		} else if err == nil {
			err = untar(archive, into)
		}
		if err != nil {
			refused = append(refused, number)
		}
	}
	_ = json.NewEncoder(os.Stdout).Encode(refused)
}

func unzip(archive, into string) error {
	opened, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer opened.Close()
	for _, file := range opened.File {
		reader, err := file.Open()
		if err != nil {
			return err
		}
		if err := write(into, file.Name, strings.HasSuffix(file.Name, "/"), reader); err != nil {
			return err
		}
	}
	return nil
}

func untar(archive, into string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	var reader io.Reader = file
	if !strings.HasSuffix(archive, ".tar") {
		if reader, err = gzip.NewReader(file); err != nil {
			return err
		}
	}
	opened := tar.NewReader(reader)
	for {
		header, err := opened.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch header.Typeflag {
		case tar.TypeReg, tar.TypeRegA, tar.TypeDir:
			if err := write(into, header.Name, header.Typeflag == tar.TypeDir, opened); err != nil {
				return err
			}
		case tar.TypeSymlink, tar.TypeLink:
			if err := link(into, header); err != nil {
				return err
			}
		}
	}
}

func link(into string, header *tar.Header) error {
	path := filepath.Join(into, header.Name)
	if !strings.HasPrefix(path, into) {
		return errors.New("leaves the folder")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if header.Typeflag == tar.TypeSymlink {
		return os.Symlink(header.Linkname, path)
	}
	return os.Link(filepath.Join(into, header.Linkname), path)
}

func write(into, name string, folder bool, reader io.Reader) error {
	path := filepath.Join(into, name)
	if !strings.HasPrefix(path, into) {
		return errors.New("leaves the folder")
	}
	if folder {
		if _, err := io.Copy(io.Discard, reader); err != nil {
			return err
		}
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	bytes, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes, 0o644)
}
